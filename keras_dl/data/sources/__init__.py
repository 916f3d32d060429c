"""Sources of data sets: scikit-learn, TensorFlow Datasets, a local mirror."""
