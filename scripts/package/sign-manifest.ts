import { createPrivateKey, sign } from 'node:crypto';
import { type Manifest, manifestSchema, signaturePrefix } from '../../electron/updates/manifest.ts';

/** Returns the file that an update source serves. The keys are Ed25519 private keys as PEM; several while they change. */
export function signManifest(manifest: Manifest, privateKeys: readonly string[]): string {
	const payload = JSON.stringify(manifestSchema.parse(manifest));
	const signed = Buffer.from(signaturePrefix + payload);
	const signatures = privateKeys.map((pem) => {
		const key = createPrivateKey(pem);
		if (key.asymmetricKeyType !== 'ed25519')
			throw new Error(`an Ed25519 key is needed, this is ${key.asymmetricKeyType}`);
		return sign(null, signed, key).toString('base64');
	});
	return `${JSON.stringify({ payload, signatures }, null, '\t')}\n`;
}
