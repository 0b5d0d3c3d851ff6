import { Failure } from '../../../models/contract/failure.ts';
import { list, said, sentences, type Words, wordsIn } from '../../../models/contract/said.ts';
import type { CatalogueModel } from '../../../models/download/catalogue.ts';
import { NetworkProblem } from '../../../models/download/network-gate.ts';
import type { CuratedModel } from '../../../models/hub/curated-models.ts';
import { fileUrl } from '../../../models/hub/hub-address.ts';
import { gatedFailure } from '../../../models/hub/hub-failures.ts';
import { findFile, type ListedFile } from '../../../models/hub/repository-files.ts';
import type { DownloadRequest } from '../../contract/library/hub.ts';
import { modelNameOf } from '../model-name.ts';
import type { DownloadPlan } from './download-record.ts';
import type { Hub } from './hub-search.ts';

/** Downloads that can be requested by id. */
export interface Offers {
	readonly catalogue: readonly CatalogueModel[];
	readonly curated: readonly CuratedModel[];
}

/** Returns what a request says before any lookup. Throws Failure `catalogue-unknown`, `hub-repository`. */
export function initialPlan(request: DownloadRequest, offers: Offers): { name: string; plan: DownloadPlan | null } {
	if ('repository' in request) {
		const name = request.repository.slice(request.repository.indexOf('/') + 1).replace(/-GGUF$/i, '');
		return { name: modelNameOf(name), plan: null };
	}
	const model = offers.catalogue.find(({ id }) => id === request.catalogueId);
	if (model !== undefined) return { name: model.name, plan: catalogued(model) };
	const curated = offers.curated.find(({ id }) => id === request.catalogueId);
	if (curated !== undefined) return { name: curated.name, plan: null };
	throw new Failure({
		code: 'catalogue-unknown',
		message: said`The catalogue has no model “${request.catalogueId.slice(0, 100)}”.`,
		next: [...offers.catalogue, ...offers.curated].slice(0, 3).map(({ id, name }) => said`Download ${name}: ${id}`),
	});
}

function catalogued(model: CatalogueModel): DownloadPlan {
	const { name, quantization, license, fileName, sizeBytes, sha256 } = model;
	const sources = model.sources.map((source) =>
		source.kind === 'address' ? { ...source, redirectHosts: [...source.redirectHosts] } : source,
	);
	return {
		name,
		quantization,
		license,
		repository: null,
		path: null,
		folder: '',
		files: [{ name, fileName, sizeBytes, sha256, sources }],
	};
}

/** Looks up a request on the hub: which files, their sizes and hashes. */
export async function lookUpFiles(
	request: DownloadRequest,
	offers: Offers,
	hub: Hub,
	signal: AbortSignal,
): Promise<DownloadPlan> {
	const curated = 'catalogueId' in request ? offers.curated.find(({ id }) => id === request.catalogueId) : undefined;
	const wanted =
		'repository' in request ? request : { repository: curated?.repository ?? '', file: curated?.quantization };
	const { repository, listing } = await hub.listing(wanted.repository, signal);
	const best = repository.files.find(({ recommended }) => recommended)?.path;
	const recommended = listing.files.find(({ parts }) => parts[0]?.path === best);
	const asked = wanted.file === undefined ? undefined : findFile(listing.files, wanted.file);
	// The catalogue names the quantisation that is best for most users; if it is gone, the rule decides.
	const file = wanted.file === undefined || curated !== undefined ? (asked ?? recommended) : asked;
	if (file === undefined) {
		const { recommendation } = repository;
		throw notThere(repository.repository, wanted.file, listing.files, wordsIn(repository, recommendation));
	}
	if (listing.gated && hub.address().token === null) {
		throw gatedFailure(
			repository.repository,
			hub.address(),
			new NetworkProblem(said`its terms must be accepted first`),
		);
	}
	return planOf(repository.repository, listing.revision, file, {
		name: curated?.name ?? nameOf(file, repository.repository),
		license: listing.license ?? curated?.license ?? null,
		hub,
	});
}

function nameOf(file: ListedFile, repository: string): string {
	const path = (file.parts[0]?.path ?? '').replace(/-\d{5}-of-\d{5}(?=\.gguf$)/i, '');
	const name = modelNameOf(path);
	// Names such as "model.gguf" or "ggml-model-q4_0.gguf" say nothing; the repository's name does.
	const bare = /^(ggml )?(model|unsloth)?$/i.test(name);
	return bare ? modelNameOf(repository.slice(repository.indexOf('/') + 1).replace(/-GGUF$/i, '')) : name;
}

function planOf(
	repository: string,
	revision: string,
	file: ListedFile,
	{ name, license, hub }: { name: string; license: string | null; hub: Hub },
): DownloadPlan {
	const address = hub.address();
	return {
		name,
		license,
		repository,
		folder: repository,
		quantization: file.quantization ?? '',
		path: file.parts[0]?.path ?? null,
		files: file.parts.map(({ path, sizeBytes, sha256 }) => ({
			name,
			sizeBytes,
			sha256,
			fileName: path.slice(path.lastIndexOf('/') + 1),
			sources: [
				{
					kind: 'address' as const,
					url: fileUrl(address, repository, revision, path).href,
					redirectHosts: [...address.fileHosts],
				},
			],
		})),
	};
}

function notThere(
	repository: string,
	asked: string | undefined,
	files: readonly ListedFile[],
	recommendation: Words,
): Failure {
	const names = files
		.filter(({ kind }) => kind === 'model')
		.map(({ quantization, parts }) => quantization ?? parts[0]?.path ?? '')
		.slice(0, 12);
	return new Failure({
		code: 'hub-file-unknown',
		message:
			asked === undefined
				? sentences(said`The repository ${repository} has no file to recommend here.`, recommendation)
				: said`The repository ${repository} has no GGUF file ${JSON.stringify(asked.slice(0, 100))}.`,
		next: [
			names.length === 0
				? said`Choose another repository: this one has no GGUF model`
				: said`Use one of: ${list(names, 'comma')}`,
		],
	});
}
