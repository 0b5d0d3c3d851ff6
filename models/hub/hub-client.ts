import { said } from '../contract/said.ts';
import { defaultTiming, type NetworkGate, NetworkProblem, type NetworkTiming } from '../download/network-gate.ts';
import type { GgufValue } from '../gguf/header.ts';
import { type GateOptions, gateFetch } from './gate-fetch.ts';
import { fileUrl, type HubAddress, repositoryName } from './hub-address.ts';
import { hubFailure } from './hub-failures.ts';
import { remoteHeader } from './remote-header.ts';
import { type ListedFile, listGgufFiles, type TreeEntry, treeEntry } from './repository-files.ts';

/** A repository as described by the hub, checked. */
export interface HubEntry {
	/** "owner/name". */
	readonly repository: string;
	readonly downloads: number;
	readonly likes: number;
	/** Milliseconds since 1970. */
	readonly updatedAt: number | null;
	readonly license: string | null;
	readonly gated: boolean;
	/** Read by the hub from one of its GGUF files. */
	readonly parameters: number | null;
	readonly architecture: string | null;
	readonly contextLength: number | null;
	/** Its files have a chat template; null: unknown. */
	readonly chat: boolean | null;
}

export interface HubListing extends HubEntry {
	/** Commit of the listed files. */
	readonly revision: string;
	readonly files: readonly ListedFile[];
	/** Header keys of its smallest model file; null if they could not be read. */
	readonly header: ReadonlyMap<string, GgufValue> | null;
}

export type HubSort = 'downloads' | 'likes' | 'lastModified' | 'trendingScore';

export interface HubRequest {
	readonly network: NetworkGate;
	readonly signal?: AbortSignal;
	readonly timing?: NetworkTiming;
}

/** More files than the largest quantisation repositories have. */
const maxEntries = 5_000;

const plainFields = ['tags', 'sha'] as const;
/**
 * Includes facts that the hub read from one of its files: a field that the library does not list yet and some mirrors
 * do not know.
 */
const allFields = [...plainFields, 'gguf'] as unknown as typeof plainFields;

/** Requests all fields; if the hub refuses an unknown one (400), requests only the plain ones. */
async function withFields<T>(ask: (fields: ['tags', 'sha']) => Promise<T>): Promise<T> {
	try {
		return await ask([...allFields]);
	} catch (error) {
		if (!(error instanceof NetworkProblem) || error.status !== 400) throw error;
		return ask([...plainFields]);
	}
}

const count = (value: unknown): number | null =>
	typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
const text = (value: unknown): string | null =>
	typeof value === 'string' && value !== '' && value.length <= 200 ? value : null;

function entryOf(found: unknown, hub: HubAddress): HubEntry | null {
	const item = found as Record<string, unknown>;
	let repository: string;
	try {
		repository = repositoryName(String(item.name), hub);
	} catch {
		return null;
	}
	const tags = Array.isArray(item.tags) ? item.tags.filter((tag) => typeof tag === 'string') : [];
	const gguf = typeof item.gguf === 'object' && item.gguf !== null ? (item.gguf as Record<string, unknown>) : null;
	const updatedAt = item.updatedAt instanceof Date ? item.updatedAt.getTime() : Number.NaN;
	return {
		repository,
		downloads: count(item.downloads) ?? 0,
		likes: count(item.likes) ?? 0,
		updatedAt: Number.isFinite(updatedAt) ? updatedAt : null,
		license: text(tags.find((tag) => tag.startsWith('license:'))?.slice('license:'.length)),
		gated: item.gated !== false && item.gated !== undefined && item.gated !== null,
		parameters: count(gguf?.total),
		architecture: text(gguf?.architecture),
		contextLength: count(gguf?.context_length),
		chat: gguf === null ? null : typeof gguf.chat_template === 'string',
	};
}

function gateOptions(request: HubRequest, purpose: string): GateOptions {
	const { network, signal = new AbortController().signal, timing = defaultTiming } = request;
	return { network, signal, timing, purpose };
}

/**
 * Returns at most `limit` repositories with GGUF files whose name contains the text, and whether there are more.
 * Rejects with Failure `hub-unreachable`, `hub-busy`, `network-blocked`.
 */
export async function searchHub(
	hub: HubAddress,
	query: { readonly text: string; readonly sort: HubSort; readonly limit: number },
	request: HubRequest,
): Promise<{ readonly models: readonly HubEntry[]; readonly more: boolean }> {
	const { listModels } = await import('@huggingface/hub');
	try {
		const found = await withFields(async (additionalFields) => {
			const results = listModels({
				search: { ...(query.text.trim() === '' ? {} : { query: query.text.trim() }), tags: ['gguf'] },
				sort: query.sort,
				limit: query.limit + 1,
				additionalFields,
				hubUrl: hub.url.origin,
				fetch: gateFetch(hub, gateOptions(request, 'search for models')),
			});
			const entries: (HubEntry | null)[] = [];
			for await (const result of results) entries.push(entryOf(result, hub));
			return entries;
		});
		const models = found.slice(0, query.limit).filter((entry) => entry !== null);
		return { models, more: found.length > query.limit };
	} catch (error) {
		request.signal?.throwIfAborted();
		throw hubFailure(asProblem(error), hub, null);
	}
}

/** Converts a response that the hub's library does not expect (a hotel's log-in page, say) to a NetworkProblem. */
function asProblem(error: unknown): unknown {
	if (!(error instanceof SyntaxError || error instanceof TypeError)) return error;
	return new NetworkProblem(said`the response is invalid`, { cause: error });
}

/**
 * Returns a repository with its files. Rejects with Failure `hub-repository`, `hub-not-found`, `hub-gated`,
 * `hub-unreachable`, `hub-busy`, `network-blocked`.
 */
export async function readRepository(hub: HubAddress, name: string, request: HubRequest): Promise<HubListing> {
	const { listFiles, modelInfo } = await import('@huggingface/hub');
	const repository = repositoryName(name, hub);
	const options = gateOptions(request, `files of ${repository}`);
	const common = { hubUrl: hub.url.origin, fetch: gateFetch(hub, options) };
	try {
		const info = await withFields((additionalFields) => modelInfo({ name: repository, additionalFields, ...common }));
		const entry = entryOf(info, hub);
		const revision = text(info.sha);
		if (entry === null || revision === null || !/^[0-9a-f]{7,64}$/.test(revision)) {
			throw new NetworkProblem(said`the repository description is invalid`);
		}
		const entries: TreeEntry[] = [];
		let seen = 0;
		for await (const item of listFiles({ repo: repository, recursive: true, revision, ...common })) {
			seen += 1;
			if (seen > maxEntries) throw new NetworkProblem(said`the repository has too many files`);
			const file = treeEntry(item);
			if (file !== null) entries.push(file);
		}
		const files = listGgufFiles(entries);
		// All files of a repository describe the same model shape; the smallest one is read.
		const path = files.find(({ kind }) => kind === 'model')?.parts[0]?.path;
		const header =
			path === undefined || entry.gated
				? null
				: await remoteHeader(fileUrl(hub, repository, revision, path), hub, {
						...options,
						purpose: `header of a file of ${repository}`,
					});
		return { ...entry, revision, files, header };
	} catch (error) {
		request.signal?.throwIfAborted();
		throw hubFailure(asProblem(error), hub, repository);
	}
}
