/**
 * Raised by one whenever a call changes so that an old page or command line can no longer talk to the application.
 * In a file of its own, so that the page can say it without bundling the schemas.
 */
export const contractVersion = 6;
