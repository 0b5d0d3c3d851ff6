import { Failure } from '../../models/contract/failure.ts';
import { amount, said } from '../../models/contract/said.ts';
import type { Dataset, DatasetVersion } from '../contract/dataset/schema.ts';
import { oneLine } from '../conversation/clean-text.ts';
import { run, transaction } from '../database/sql.ts';
import { beginDraft } from './change/apply-change.ts';
import { freezeVersion } from './change/freeze-version.ts';
import type { DatasetContext } from './context.ts';
import {
	assertNameFree,
	deletedForGood,
	freeName,
	getDataset,
	getLiveDataset,
	insertDataset,
	listDatasets,
	setDeletedAt,
	setNameAndDescription,
	touchDataset,
} from './store/datasets.ts';
import {
	findDraft,
	getVersion,
	hideVersion,
	insertHiddenVersion,
	publicVersion,
	showVersion,
	type VersionRow,
	versionsOf,
} from './store/versions.ts';
import { maxInlineSamples, type TaskRunner } from './task-runner.ts';

/** Operations on whole datasets and versions. */
export interface DatasetManager {
	list(deleted: boolean): Dataset[];
	get(id: number): { dataset: Dataset; versions: DatasetVersion[] };
	/** Throws Failure `version-unknown`. */
	version(id: number): DatasetVersion;
	create(facts: { readonly name: string; readonly description: string }): Dataset;
	rename(facts: { readonly id: number; readonly name: string; readonly description?: string | undefined }): Dataset;
	copy(versionId: number, name: string): Promise<Dataset>;
	remove(id: number): Dataset;
	restore(id: number): Dataset;
	emptyTrash(ids: readonly number[] | null): Promise<{ datasets: number; kept: string[] }>;
	beginDraft(datasetId: number): Promise<DatasetVersion>;
	freeze(datasetId: number, note: string): Promise<DatasetVersion>;
	/** Returns the version for a run; freezes it first if it is a draft. */
	freezeVersion(versionId: number): Promise<DatasetVersion>;
	discard(datasetId: number): DatasetVersion;
	bringBack(versionId: number): Promise<DatasetVersion>;
	removeVersion(versionId: number): Promise<void>;
}

export function createDatasetManager(context: DatasetContext, tasks: TaskRunner): DatasetManager {
	const { database, clock } = context;

	/** `into`: the hidden version that becomes the draft; null: a new one. */
	async function beginFrom(
		from: VersionRow,
		datasetId: number,
		title: string,
		into: number | null = null,
	): Promise<VersionRow> {
		const id = await tasks.change<'draft'>({
			datasetId,
			title,
			small: from.samples <= maxInlineSamples,
			steps: () => beginDraft(database, from.id, clock(), into),
			facts: { kind: 'draft', fromId: from.id, intoId: into },
		});
		return getVersion(database, id);
	}

	/** Freezes a draft. If it equals the previous version, drops it and returns that version. */
	async function freezeDraft(draft: VersionRow, note: string): Promise<DatasetVersion> {
		const { datasetId } = draft;
		await tasks.change<'freeze'>({
			datasetId,
			title: getDataset(database, datasetId).name,
			small: draft.samples <= maxInlineSamples,
			*steps() {
				yield* freezeVersion(database, draft.id, note, clock());
				return null;
			},
			facts: { kind: 'freeze', versionId: draft.id, note },
		});
		const frozen = getVersion(database, draft.id);
		const before = versionsOf(database, datasetId).find(({ number }) => number < frozen.number);
		if (before === undefined || before.sha256 !== frozen.sha256) return publicVersion(frozen);
		transaction(database, () => hideVersion(database, frozen.id));
		void tasks.cleanUp();
		tasks.publishChange(datasetId);
		return publicVersion(before);
	}

	function changed(id: number): Dataset {
		tasks.publishChange(id);
		return getDataset(database, id);
	}

	return {
		list: (deleted) => listDatasets(database, deleted),
		get: (id) => ({ dataset: getDataset(database, id), versions: versionsOf(database, id).map(publicVersion) }),
		version: (id) => publicVersion(getVersion(database, id)),
		create({ name, description }) {
			const id = transaction(database, () => {
				const plain = oneLine(name);
				assertNameFree(database, plain);
				const now = clock();
				const datasetId = insertDataset(database, { name: plain, description, now });
				showVersion(database, insertHiddenVersion(database, datasetId, now), 0);
				return datasetId;
			});
			return changed(id);
		},
		rename({ id, name, description }) {
			const dataset = getLiveDataset(database, id);
			const plain = oneLine(name);
			assertNameFree(database, plain, id);
			setNameAndDescription(database, id, {
				name: plain,
				description: description ?? dataset.description,
				now: clock(),
			});
			return changed(id);
		},
		async copy(versionId, name) {
			const from = getVersion(database, versionId);
			const plain = oneLine(name);
			assertNameFree(database, plain);
			const { description } = getDataset(database, from.datasetId);
			const copy = async (): Promise<number> => {
				// Together: a clean-up deletes a dataset without versions, and one whose copying was given up.
				const { id, into } = transaction(database, () => {
					const datasetId = insertDataset(database, { name: plain, description, now: clock() });
					return { id: datasetId, into: insertHiddenVersion(database, datasetId, clock()) };
				});
				await beginFrom(from, id, plain, into);
				return id;
			};
			// A draft must not change while it is read.
			return changed(await (from.frozenAt === null ? tasks.exclusively(from.datasetId, copy) : copy()));
		},
		remove(id) {
			getLiveDataset(database, id);
			tasks.assertFree(id);
			setDeletedAt(database, id, clock());
			return changed(id);
		},
		restore(id) {
			const dataset = getDataset(database, id);
			transaction(database, () => {
				if (dataset.deletedAt === null) return;
				const name = freeName(database, dataset.name);
				setNameAndDescription(database, id, { name, description: dataset.description, now: clock() });
				setDeletedAt(database, id, null);
			});
			return changed(id);
		},
		async emptyTrash(ids) {
			const trash = listDatasets(database, true).filter(({ id }) => ids === null || ids.includes(id));
			const kept = trash.filter(
				({ id }) => context.runsWith(versionsOf(database, id).map((each) => each.id)).length > 0,
			);
			const going = trash.filter((each) => !kept.includes(each));
			for (const { id } of going) setDeletedAt(database, id, deletedForGood);
			tasks.publishChange(null);
			const [first] = going;
			await tasks.cleanUp({
				title: going.length === 1 && first !== undefined ? first.name : said`${amount(going.length, 'dataset')}`,
				samples: going.reduce((sum, { latest }) => sum + latest.samples, 0),
			});
			return { datasets: going.length, kept: kept.map(({ name }) => name) };
		},
		async beginDraft(datasetId) {
			const { latest, name } = getLiveDataset(database, datasetId);
			const draft = findDraft(database, datasetId);
			return publicVersion(draft ?? (await beginFrom(getVersion(database, latest.id), datasetId, name)));
		},
		async freeze(datasetId, note) {
			const { latest } = getLiveDataset(database, datasetId);
			const draft = findDraft(database, datasetId);
			return draft === undefined ? latest : freezeDraft(draft, note);
		},
		async freezeVersion(versionId) {
			const version = getVersion(database, versionId);
			return version.frozenAt === null ? freezeDraft(version, '') : publicVersion(version);
		},
		discard(datasetId) {
			getLiveDataset(database, datasetId);
			tasks.assertFree(datasetId);
			const draft = findDraft(database, datasetId);
			const [before] = versionsOf(database, datasetId).filter(({ frozenAt }) => frozenAt !== null);
			if (before === undefined) throw noneLeft();
			if (draft !== undefined) {
				transaction(database, () => {
					hideVersion(database, draft.id);
					touchDataset(database, datasetId, clock());
				});
				void tasks.cleanUp();
				tasks.publishChange(datasetId);
			}
			return publicVersion(before);
		},
		async bringBack(versionId) {
			const version = getVersion(database, versionId);
			const { name } = getLiveDataset(database, version.datasetId);
			const draft = findDraft(database, version.datasetId);
			if (draft?.id === versionId) return publicVersion(draft);
			// The draft's content is kept as a version.
			if (draft !== undefined) await freezeDraft(draft, `Before restoring version ${version.number}`);
			return publicVersion(await beginFrom(version, version.datasetId, name));
		},
		async removeVersion(versionId) {
			const version = getVersion(database, versionId);
			tasks.assertFree(version.datasetId);
			if (versionsOf(database, version.datasetId).length === 1) throw noneLeft();
			const runs = context.runsWith([versionId]);
			if (runs.length > 0) throw versionUsed(version, runs);
			transaction(database, () => hideVersion(database, versionId));
			tasks.publishChange(version.datasetId);
			await tasks.cleanUp({ title: getDataset(database, version.datasetId).name, samples: version.samples });
			run(database, 'UPDATE datasets SET updated_at = :now WHERE id = :id', { id: version.datasetId, now: clock() });
		},
	};
}

function noneLeft(): Failure {
	return new Failure({
		code: 'no-version-left',
		message: said`This is the only version of the dataset.`,
		next: [said`Move the dataset to the trash instead`],
	});
}

function versionUsed({ number }: VersionRow, runs: readonly string[]): Failure {
	return new Failure({
		code: 'version-used',
		message:
			runs.length === 1
				? said`Version ${number} is used by the run “${runs[0] ?? ''}”.`
				: said`Version ${number} is used by ${amount(runs.length, 'run')}.`,
		next: [said`Delete those runs first, and empty the trash`],
	});
}
