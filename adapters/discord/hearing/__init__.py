"""The ways in: commands, buttons, menus, forms and notes, answered in time."""
