"""Code that names TensorFlow, JAX or torch: gradients, inference, compiled loops, devices."""
