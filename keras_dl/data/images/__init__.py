"""Images: decoding, resizing, folders by class, IDX files, generated image sets."""
