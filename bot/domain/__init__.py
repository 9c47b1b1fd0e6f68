"""The rules, pure and plain: values in, values out, the standard library only, and `now` is an argument."""
