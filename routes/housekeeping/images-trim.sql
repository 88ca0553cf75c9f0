SELECT drop_unused_images()
