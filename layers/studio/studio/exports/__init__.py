"""A script as the field's files: for screenwriting, editing and subtitling programs. Pure functions of the script."""
