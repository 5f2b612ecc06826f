"""What stands on the screen when the booth cannot run: one calm sentence, and help for staff.

Neither Kivy nor a graphics driver is needed: a picture is put into the console's framebuffer.
"""
