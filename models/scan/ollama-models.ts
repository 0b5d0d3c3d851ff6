import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** The part of a manifest that says which blob holds the weights (OCI image manifest, as written by Ollama). */
const manifestSchema = z.object({
	layers: z.array(z.object({ mediaType: z.string(), digest: z.string() })),
});

/** Media types of layers that are GGUF files. */
const modelLayers: Readonly<Record<string, string>> = {
	'application/vnd.ollama.image.model': '',
	'application/vnd.ollama.image.projector': ' projector',
	'application/vnd.ollama.image.adapter': ' adapter',
};

/** A manifest has a few kilobytes. */
const largestManifest = 1024 * 1024;

/** Registry, namespace, model, tag: no manifest is deeper. */
const manifestDepth = 6;

export interface OllamaBlob {
	readonly path: string;
	readonly name: string;
}

/** Returns whether a folder is one of Ollama's: manifests next to blobs. */
export async function isOllamaFolder(folder: string): Promise<boolean> {
	const isFolder = (name: string): Promise<boolean> =>
		stat(join(folder, name)).then(
			(stats) => stats.isDirectory(),
			() => false,
		);
	return (await isFolder('manifests')) && (await isFolder('blobs'));
}

/** Returns a model's name: "llama3.2 3b" for "registry.ollama.ai/library/llama3.2/3b"; other namespaces stay. */
function nameOf(steps: readonly string[]): string {
	const [, namespace = '', ...rest] = steps;
	const [tag = ''] = rest.slice(-1);
	const model = [...(namespace === 'library' ? [] : [namespace]), ...rest.slice(0, -1)].join('/');
	return tag === 'latest' ? model : `${model} ${tag}`.trim();
}

/** Lists the blobs with models according to the manifests of an Ollama folder; skips files that are not manifests. */
export async function ollamaBlobs(folder: string, signal: AbortSignal): Promise<readonly OllamaBlob[]> {
	const found: OllamaBlob[] = [];
	const visit = async (steps: readonly string[]): Promise<void> => {
		signal.throwIfAborted();
		const here = join(folder, 'manifests', ...steps);
		for (const entry of await readdir(here, { withFileTypes: true }).catch(() => [])) {
			const inner = [...steps, entry.name];
			if (entry.isDirectory() && inner.length < manifestDepth) await visit(inner);
			else if (entry.isFile()) found.push(...(await blobsOf(folder, inner)));
		}
	};
	await visit([]);
	return found;
}

async function blobsOf(folder: string, steps: readonly string[]): Promise<readonly OllamaBlob[]> {
	try {
		const path = join(folder, 'manifests', ...steps);
		if ((await stat(path)).size > largestManifest) return [];
		const { layers } = manifestSchema.parse(JSON.parse(await readFile(path, 'utf8')));
		return layers.flatMap(({ mediaType, digest }) => {
			const kind = modelLayers[mediaType];
			// A digest names a file; any other text could point outside the folder.
			if (kind === undefined || !/^sha256:[0-9a-f]{64}$/.test(digest)) return [];
			return [{ path: join(folder, 'blobs', digest.replace(':', '-')), name: `${nameOf(steps)}${kind}` }];
		});
	} catch {
		return [];
	}
}
