import { createPublicKey, verify } from 'node:crypto';
import { valid } from 'semver';
import { z } from 'zod';
import { Failure } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';

/** Signed before the payload, so that a signature made for anything else is none for a manifest. */
export const signaturePrefix = 'assay-update-1\n';

/** One file, so that manifest and signature always belong together. */
const envelopeSchema = z.object({
	/** The manifest as JSON text: these very characters are signed. */
	payload: z.string(),
	/** Ed25519 signatures, base64; one of them has to fit one of the built-in keys. */
	signatures: z.array(z.base64()).min(1).max(8),
});

/** Which file an installed app replaces itself with. */
export const installerKindSchema = z.enum(['AppImage', 'exe', 'zip']);

export type InstallerKind = z.infer<typeof installerKindSchema>;

export const updateFileSchema = z.object({
	platform: z.enum(['linux', 'darwin', 'win32']),
	arch: z.enum(['x64', 'arm64']),
	kind: installerKindSchema,
	/** Relative to the manifest, or an address on another host. */
	url: z.string().min(1).max(2_000),
	/** At most 2 GB: more is a mistake, and would fill a disk. */
	bytes: z.int().min(1).max(2_000_000_000),
	/** Hexadecimal. */
	sha512: z.string().regex(/^[0-9a-f]{128}$/),
});

export type UpdateFile = z.infer<typeof updateFileSchema>;

export const manifestSchema = z.object({
	version: z.string().refine((text) => valid(text) === text, 'not a version'),
	/** Milliseconds since 1970. */
	releasedAt: z.int().min(0).max(8.64e15),
	/** Release notes in plain text. */
	notes: z.string().max(20_000),
	files: z.array(updateFileSchema).max(30),
});

export type Manifest = z.infer<typeof manifestSchema>;

/** Largest manifest, bytes. */
export const maxManifestBytes = 256 * 1024;

/**
 * Returns the manifest if one of the keys signed it; looks at nothing in it before. Throws Failure
 * `update-manifest-invalid`, `update-signature-wrong`.
 */
export function openManifest(text: string, publicKeys: readonly string[]): Manifest {
	const envelope = parse(envelopeSchema, text);
	if (envelope === null) throw invalid('The update server’s response isn’t an update manifest.');
	const signed = Buffer.from(signaturePrefix + envelope.payload);
	const keys = publicKeys.map((key) =>
		createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' }),
	);
	const isSigned = envelope.signatures.some((signature) =>
		keys.some(
			(key) => key.asymmetricKeyType === 'ed25519' && verify(null, signed, key, Buffer.from(signature, 'base64')),
		),
	);
	if (!isSigned) {
		throw new Failure({
			code: 'update-signature-wrong',
			message: said`The update manifest isn’t signed by Assay’s developers, so it was ignored.`,
			next: [
				said`Try again later: the server may be faulty, or someone may be tampering with it`,
				said`If this keeps happening, get the new version where you got this one, and tell its developers`,
			],
		});
	}
	const manifest = parse(manifestSchema, envelope.payload);
	if (manifest === null) {
		throw invalid('The update manifest is signed, but for another version of Assay.');
	}
	return manifest;
}

function parse<Output>(schema: z.ZodType<Output>, text: string): Output | null {
	try {
		return schema.safeParse(JSON.parse(text)).data ?? null;
	} catch {
		return null;
	}
}

const invalid = (message: string): Failure =>
	new Failure({
		code: 'update-manifest-invalid',
		message,
		next: [said`Try again later`, said`Get the new version where you got this one`],
	});
