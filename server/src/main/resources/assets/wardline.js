// Everything the console does in the browser; modules are imported from here.
