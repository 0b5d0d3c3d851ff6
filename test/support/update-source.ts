import { createHash, generateKeyPairSync } from 'node:crypto';
import type { Manifest } from '../../electron/updates/manifest.ts';
import { signManifest } from '../../scripts/package/sign-manifest.ts';

function keyPair(): { publicKey: string; privateKey: string } {
	const { publicKey, privateKey } = generateKeyPairSync('ed25519', {
		publicKeyEncoding: { format: 'der', type: 'spki' },
		privateKeyEncoding: { format: 'pem', type: 'pkcs8' },
	});
	return { publicKey: publicKey.toString('base64'), privateKey };
}

export const makersKey = keyPair();
export const strangersKey = keyPair();

/** The file that an update is. */
export const updateBody = Buffer.alloc(400_000, 'new version ');

export function buildManifest(change: Partial<Manifest> = {}): Manifest {
	const file = {
		platform: 'linux',
		arch: 'x64',
		kind: 'AppImage',
		url: 'Assay-0.2.0.AppImage',
		bytes: updateBody.length,
		sha512: createHash('sha512').update(updateBody).digest('hex'),
	} as const;
	return { version: '0.2.0', releasedAt: 1_790_000_000_000, notes: 'Compare three files.', files: [file], ...change };
}

export const signedManifest = (change: Partial<Manifest> = {}, keys = [makersKey.privateKey]): Buffer =>
	Buffer.from(signManifest(buildManifest(change), keys));
