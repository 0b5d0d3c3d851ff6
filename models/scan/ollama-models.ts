import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** What of a manifest says which blob holds the weights (OCI image manifest, as Ollama writes it). */
const manifestSchema = z.object({
	layers: z.array(z.object({ mediaType: z.string(), digest: z.string() })),
});

/** Layers that are GGUF files. */
const modelLayers: Readonly<Record<string, string>> = {
	'application/vnd.ollama.image.model': '',
	'application/vnd.ollama.image.projector': ' projector',
	'application/vnd.ollama.image.adapter': ' adapter',
};

/** A manifest is some kilobytes. */
const largestManifest = 1024 * 1024;

/** Registry, namespace, model, tag: no manifest lies deeper. */
const manifestDepth = 6;

export interface OllamaBlob {
	readonly path: string;
	readonly name: string;
}

/** Whether a folder is one of Ollama's: manifests beside blobs. */
export async function isOllamaFolder(folder: string): Promise<boolean> {
	const isFolder = (name: string): Promise<boolean> =>
		stat(join(folder, name)).then(
			(stats) => stats.isDirectory(),
			() => false,
		);
	return (await isFolder('manifests')) && (await isFolder('blobs'));
}

/** "registry.ollama.ai/library/llama3.2/3b" is "llama3.2 3b"; other namespaces stay. */
function nameOf(steps: readonly string[]): string {
	const [, namespace = '', ...rest] = steps;
	const [tag = ''] = rest.slice(-1);
	const model = [...(namespace === 'library' ? [] : [namespace]), ...rest.slice(0, -1)].join('/');
	return tag === 'latest' ? model : `${model} ${tag}`.trim();
}

/** Blobs that hold models, by the manifests of an Ollama folder; what is no manifest is passed over. */
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
			// A digest names a file; what looks otherwise could lead out of the folder.
			if (kind === undefined || !/^sha256:[0-9a-f]{64}$/.test(digest)) return [];
			return [{ path: join(folder, 'blobs', digest.replace(':', '-')), name: `${nameOf(steps)}${kind}` }];
		});
	} catch {
		return [];
	}
}
