"""The `studio` command's families, one module each; `local.app` puts them together."""
