import { randomBytes } from 'node:crypto';

const letters = 'abcdefghijkmnpqrstuvwxyz23456789';

/**
 * Draws a name of this computer that nobody can guess: 16 letters of 5 bits each. Chromium and Firefox resolve every
 * name below `localhost` to this computer without asking anybody.
 */
export function randomName(): string {
	return `assay-${[...randomBytes(16)].map((byte) => letters[byte % letters.length]).join('')}.localhost`;
}
