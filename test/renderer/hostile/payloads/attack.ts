/** The code that every payload tries to run; a test checks whether it ran. It also works inside an attribute. */
export const attack = 'globalThis.__attacked=1';

/** The address that every payload tries to contact; a test checks for requests to it. */
export const evil = 'https://evil.example';
