import { phrased, spoken } from '../../../models/contract/said.ts';
import { type CatalogueModel, sourceName } from '../../../models/download/catalogue.ts';
import type { NetworkGate, NetworkTiming } from '../../../models/download/network-gate.ts';
import type { Room } from '../../../models/fit/fit-verdict.ts';
import type { Processor } from '../../../models/fit/processor.ts';
import type { CuratedModel } from '../../../models/hub/curated-models.ts';
import { type HubAddress, hubAddress, repositoryName } from '../../../models/hub/hub-address.ts';
import { type HubEntry, type HubListing, readRepository, searchHub } from '../../../models/hub/hub-client.ts';
import { bitsOf, recommendFile, sizeWordOf } from '../../../models/hub/quantization-names.ts';
import type { CatalogueEntry, HubFile, HubModel, HubRepository, HubSearch } from '../../contract/library/hub.ts';
import { remoteFit } from './remote-fit.ts';

/** What the hub search needs. */
export interface HubSeam {
	readonly network: NetworkGate;
	/** Address from the settings; empty for the default hub. */
	readonly hubUrl: () => string;
	/** Memory available to models here. */
	readonly room: () => Room;
	/** This computer's processor, as far as it is known. */
	readonly processor: () => Processor;
	/** Id of the library model with this hash, or at this path below the models folder; null if none is usable. */
	readonly installedId: (sought: { readonly sha256: string | null; readonly path: readonly string[] }) => number | null;
	/** Catalogue entries that are in the library. */
	readonly fetched: () => ReadonlySet<string>;
	readonly environment: Readonly<Record<string, string | undefined>>;
	readonly timing: NetworkTiming;
	readonly catalogue: readonly CatalogueModel[];
	readonly curated: readonly CuratedModel[];
}

export interface Hub {
	entries(): readonly CatalogueEntry[];
	/** Hosts that may be contacted, to show to the user. */
	hosts(): readonly string[];
	/** Throws Failure `hub-address`. */
	address(): HubAddress;
	search(query: HubSearch, signal?: AbortSignal): Promise<{ models: HubModel[]; more: boolean }>;
	repository(name: string, signal?: AbortSignal): Promise<HubRepository>;
	/** Cached from a moment ago if possible: what is downloaded is what was shown. */
	listing(name: string, signal?: AbortSignal): Promise<{ repository: HubRepository; listing: HubListing }>;
	/** Makes the next lookup ask the hub again. */
	forget(name: string): void;
}

/** Returns null if the address in the settings is invalid. */
function addressOrNull(address: () => HubAddress): HubAddress | null {
	try {
		return address();
	} catch {
		return null;
	}
}

/** How long a repository lookup stays cached, ms: long enough to read a page, short enough to see a new file. */
const freshMs = 10 * 60_000;
/** Bits per weight of the quantisation that a search assumes. */
const usualBits = 4.9;

export function createHub(seam: HubSeam): Hub {
	const recentListings = new Map<string, { readonly at: number; readonly listing: HubListing }>();
	const address = (): HubAddress => hubAddress(seam.hubUrl(), seam.environment);
	const request = (signal: AbortSignal | undefined) => ({
		network: seam.network,
		timing: seam.timing,
		...(signal === undefined ? {} : { signal }),
	});

	function judge(sizeBytes: number, quantization: string | null, entry: Partial<HubListing>) {
		const file = { sizeBytes, quantization, header: entry.header ?? null, contextLength: entry.contextLength ?? null };
		return remoteFit(file, seam.room(), seam.processor());
	}

	function model(entry: HubEntry): HubModel {
		const { chat: _chat, ...rest } = entry;
		const { parameters } = entry;
		return { ...rest, fit: parameters === null ? null : judge((parameters * usualBits) / 8, 'Q4_K_M', entry) };
	}

	function repository(listing: HubListing): HubRepository {
		const { files, header: _header, ...entry } = listing;
		const shown = files.map((file): HubFile => {
			const { parts, sizeBytes, quantization, kind } = file;
			const path = parts[0]?.path ?? '';
			const fileName = path.slice(path.lastIndexOf('/') + 1);
			const hash = parts.length === 1 ? (parts[0]?.sha256 ?? null) : null;
			return {
				path,
				parts: parts.length,
				sizeBytes,
				sha256: hash,
				quantization,
				kind,
				verifiable: parts.every(({ sha256 }) => sha256 !== null),
				word: quantization === null ? null : sizeWordOf(quantization),
				recommended: false,
				modelFileId: seam.installedId({ sha256: hash, path: [...entry.repository.split('/'), fileName] }),
				fit: judge(sizeBytes, quantization, listing),
			};
		});
		const models = shown.filter(({ kind }) => kind === 'model');
		const candidates = models.map((file) => ({ ...file, verdict: file.fit.verdict }));
		const { file: best, why } = recommendFile(candidates, entry.parameters);
		return spoken({
			...model(entry),
			revision: listing.revision,
			chat: entry.chat,
			files: shown.map((file) => ({ ...file, recommended: file.path === best?.path })),
			recommendation: why,
		});
	}

	async function listing(name: string, signal?: AbortSignal) {
		const hub = address();
		const key = repositoryName(name, hub);
		const known = recentListings.get(key);
		if (known !== undefined && performance.now() - known.at < freshMs) {
			return { repository: repository(known.listing), listing: known.listing };
		}
		const found = await readRepository(hub, key, request(signal));
		recentListings.set(key, { at: performance.now(), listing: found });
		return { repository: repository(found), listing: found };
	}

	return {
		address,
		hosts() {
			const known = addressOrNull(address);
			// A search reports an invalid address; the catalogue does not.
			if (known === null) return [];
			const { url, fileHosts } = known;
			return [...new Set([url.host, ...fileHosts.map((host) => `*.${host}`)])];
		},
		entries() {
			const fetched = seam.fetched();
			const host = addressOrNull(address)?.url.host ?? 'the model hub';
			return [
				...seam.catalogue.map(({ sources, fileName: _fileName, description, ...entry }) => ({
					...entry,
					...spoken({ description: phrased(description) }),
					sizeExact: true,
					repository: null,
					sources: sources.map(sourceName),
					installed: fetched.has(entry.id),
					fit: judge(entry.sizeBytes, entry.quantization, { contextLength: entry.contextLength }),
				})),
				...seam.curated.map((entry) => {
					const sizeBytes = Math.round((entry.parameters * (bitsOf(entry.quantization) ?? usualBits)) / 8);
					return {
						...entry,
						...spoken({ description: phrased(entry.description) }),
						sizeBytes,
						sizeExact: false,
						sha256: null,
						sources: [host],
						installed: fetched.has(entry.id),
						fit: judge(sizeBytes, entry.quantization, { contextLength: entry.contextLength }),
					};
				}),
			];
		},
		async search(query, signal) {
			const { models, more } = await searchHub(address(), query, request(signal));
			return { models: models.map(model), more };
		},
		async repository(name, signal) {
			return (await listing(name, signal)).repository;
		},
		listing,
		forget: (name) => void recentListings.delete(name),
	};
}
