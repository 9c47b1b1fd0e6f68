"""Messages of our own making: what people, machines, servers and strangers of ill will send to a desk."""
