import { isSameModel } from '../../electron/contract/comparison/same-model.ts';
import { groupModels, mostExactFile } from '../../electron/contract/library/model-groups.ts';
import type { ModelFile } from '../../electron/contract/library/schema.ts';

/** One model of the library with its files. */
export interface ModelChoice {
	readonly name: string;
	/** The others are measured against it. */
	readonly reference: ModelFile;
	/** The model's other files, largest first. */
	readonly files: readonly ModelFile[];
	/** Files of the same shape that belong to another model, for example its fine-tunes. */
	readonly others: readonly ModelFile[];
}

const isUsable = ({ problem, kind }: ModelFile): boolean => problem === null && kind === 'model';

/** Lists the models of the library that can be compared, in the order of the library. */
export function listModelChoices(models: readonly ModelFile[]): readonly ModelChoice[] {
	return groupModels(models.filter(isUsable)).flatMap((group) => {
		const reference = mostExactFile(group);
		return reference === undefined ? [] : [describeChoice(models, reference)];
	});
}

/** The model that this file belongs to, with the file as the reference. */
export function describeChoice(models: readonly ModelFile[], reference: ModelFile): ModelChoice {
	const usable = models.filter(isUsable);
	const group = groupModels(usable).find(({ files }) => files.some(({ id }) => id === reference.id));
	const own = new Set(group?.files.map(({ id }) => id));
	const same = usable
		.filter((file) => file.id !== reference.id && isSameModel(file, reference))
		.toSorted((a, b) => b.sizeBytes - a.sizeBytes);
	return {
		name: group?.name ?? reference.name,
		reference,
		files: same.filter(({ id }) => own.has(id)),
		others: same.filter(({ id }) => !own.has(id)),
	};
}
