/**
 * Raised by one for each change after which an old page or command line can no longer talk to the application. In a
 * separate file, so that the page can read it without bundling the schemas.
 */
export const contractVersion = 7;
