import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type {
	ComparisonEstimate,
	ComparisonPlan,
	ComparisonPreset,
	PresetName,
} from '../../electron/contract/comparison/schema.ts';
import type { ModelFile, QuantizedSize } from '../../electron/contract/library/schema.ts';
import type { QuantizeType } from '../../models/contract/native/tasks.ts';
import type { AdaptedModel } from '../library/adapted-model.ts';
import { listQuantizationTypes } from '../library/quantization-types.ts';
import { useQuantizedSizes } from '../library/use-quantized-sizes.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import type { PlanInput, Proposal } from './comparison-store.ts';
import { describeChoice, listModelChoices, type ModelChoice } from './model-choices.ts';
import { describeMissing, type TaskForm, toTask, toToolTask, useTask } from './use-task.ts';

/** Fields of a plan that the presets set, and the others under Advanced. */
export type PlanDetails = Pick<
	ComparisonPlan,
	'texts' | 'chunks' | 'repetitions' | 'felt' | 'depths' | 'prompts' | 'imatrixText'
>;

const noDetails: PlanDetails = {
	texts: [],
	chunks: null,
	repetitions: 5,
	felt: false,
	depths: [0],
	prompts: [],
	imatrixText: null,
};

/** State of the form for a new comparison. */
export interface PlanForm {
	readonly models: readonly ModelChoice[];
	/** null: the library is empty. */
	readonly model: ModelChoice | null;
	readonly chosen: ReadonlySet<number>;
	readonly types: ReadonlySet<QuantizeType>;
	/** Files with LoRA adapters. */
	readonly adapted: readonly AdaptedModel[];
	/** Predicted sizes of the files that can be quantised; null: not known yet. */
	readonly sizes: readonly QuantizedSize[] | null;
	/** null: not worked out yet. */
	readonly presets: readonly ComparisonPreset[] | null;
	readonly preset: PresetName;
	/** The preset's values with the changes made under Advanced. */
	readonly details: PlanDetails;
	readonly changed: boolean;
	readonly task: TaskForm;
	readonly tasked: boolean;
	/** The tool tasks, and whether they are measured. */
	readonly tools: TaskForm;
	readonly tooled: boolean;
	/** The whole plan; null: it is not complete. */
	readonly plan: PlanInput | null;
	readonly estimate: ComparisonEstimate | null;
	readonly files: number;
	/** Why it can't start. */
	readonly blocked: string | undefined;
	chooseModel(choice: ModelChoice): void;
	chooseReference(file: ModelFile): void;
	toggleFile(id: number): void;
	toggleType(type: QuantizeType): void;
	setAdapted(adapted: readonly AdaptedModel[]): void;
	choosePreset(name: PresetName): void;
	change(part: Partial<PlanDetails>): void;
	setTasked(on: boolean): void;
	setTooled(on: boolean): void;
}

/** Types to quantise if the model has no other file: one that loses next to nothing, and the usual choice. */
const usualTypes: readonly QuantizeType[] = ['Q8_0', 'Q4_K_M'];

/** The usual types that are smaller than the reference; the two best smaller ones if the usual ones are not. */
function suggestTypes(reference: ModelFile, sizes: readonly QuantizedSize[] | null): readonly QuantizeType[] {
	const smaller = new Set(sizes?.filter(({ sizeBytes }) => sizeBytes < reference.sizeBytes).map(({ type }) => type));
	const usual = usualTypes.filter((type) => smaller.has(type));
	if (usual.length > 0) return usual;
	return listQuantizationTypes(false)
		.map(({ type }) => type)
		.filter((type) => smaller.has(type))
		.slice(0, 2);
}

function suggestFiles(choice: ModelChoice, sizes: readonly QuantizedSize[] | null, wanted: readonly number[]) {
	const all = choice.files.map(({ id }) => id);
	const ids = wanted.length === 0 ? all : wanted.filter((id) => id !== choice.reference.id);
	return { chosen: new Set(ids), types: new Set(ids.length === 0 ? suggestTypes(choice.reference, sizes) : []) };
}

/** `from` preselects files. */
export function usePlan(from: Proposal): PlanForm {
	const { comparisons, models: library } = useServices();
	const all = useStore(library.state, (state) => state.models);
	const first = useStore(comparisons.state, (state) => state.comparisons.length === 0);
	const models = listModelChoices(all);
	const [referenceId, setReferenceId] = useState<number | null>(from.referenceId);
	const referenceFile = all.find(({ id, problem }) => id === referenceId && problem === null);
	const preferred = models.find(({ reference, files }) => [reference, ...files].some((file) => file.default));
	const model = referenceFile === undefined ? (preferred ?? models[0] ?? null) : describeChoice(all, referenceFile);
	const reference = model?.reference;
	const sizes = useQuantizedSizes(reference?.id ?? null);
	/** null: not edited, so the suggestion applies. */
	const [selection, setSelection] = useState<ReturnType<typeof suggestFiles> | null>(null);
	const suggested = model === null ? null : suggestFiles(model, sizes, from.candidateIds);
	const { chosen, types } = selection ?? suggested ?? { chosen: new Set<number>(), types: new Set<QuantizeType>() };
	const [preset, setPreset] = useState<PresetName>(first ? 'quick' : 'normal');
	const [changes, setChanges] = useState<Partial<PlanDetails>>({});
	const [tasked, setTasked] = useState(false);
	const task = useTask(tasked);
	const [tooled, setTooled] = useState(false);
	const tools = useTask(tooled, 'tools');
	const candidateIds = [...chosen].filter((id) => all.some((file) => file.id === id && file.problem === null));
	const quantize = [...types];
	/** Those of another model wait until it is chosen again. */
	const [allAdapted, setAllAdapted] = useState<readonly AdaptedModel[]>([]);
	const ofModel = new Set(
		[model?.reference, ...(model?.files ?? []), ...(model?.others ?? [])].map((file) => file?.id),
	);
	const adapted = allAdapted.filter(({ modelFileId }) => ofModel.has(modelFileId));
	// A row may equal another while its scale is being typed.
	const different = new Map(
		adapted.map(({ modelFileId, adapters }) => [
			JSON.stringify([modelFileId, adapters]),
			{ modelFileId, adapters: [...adapters] },
		]),
	);
	const files = (reference === undefined ? 0 : 1) + candidateIds.length + quantize.length + different.size;
	const basis =
		reference === undefined || files < 2
			? null
			: {
					...{ referenceId: reference.id, candidateIds, quantize },
					adapted: [...different.values()],
				};
	const presets = usePresets(basis);
	const details: PlanDetails = {
		...noDetails,
		...presets?.find(({ name }) => name === preset)?.plan,
		...changes,
	};
	const plan: PlanInput | null =
		basis === null || presets === null
			? null
			: {
					...basis,
					...details,
					imatrixText: quantize.length === 0 ? null : details.imatrixText,
					task: tasked && task.draft !== null ? toTask(task.draft) : null,
					tools: tooled && tools.draft !== null ? toToolTask(tools.draft) : null,
				};
	const estimate = useEstimate(plan);
	const blocked =
		reference === undefined
			? t('Add a model first')
			: files < 2
				? t('Choose a second file')
				: presets === null
					? t('Working out the presets')
					: ((tasked ? describeMissing(task) : null) ?? (tooled ? describeMissing(tools) : null) ?? undefined);
	const toggled = <T>(set: ReadonlySet<T>, value: T): Set<T> => {
		const next = new Set(set);
		if (!next.delete(value)) next.add(value);
		return next;
	};
	return {
		...{
			models,
			model,
			chosen,
			types,
			adapted,
			sizes,
			presets,
			preset,
			details,
			task,
			tasked,
			tools,
			tooled,
			plan,
			estimate,
			files,
		},
		changed: Object.keys(changes).length > 0,
		blocked,
		chooseModel(choice) {
			setReferenceId(choice.reference.id);
			setSelection(null);
		},
		chooseReference(file) {
			setReferenceId(file.id);
			setSelection({
				chosen: new Set([...chosen, ...(reference === undefined ? [] : [reference.id])].filter((id) => id !== file.id)),
				types: new Set(types),
			});
		},
		toggleFile: (id) => setSelection({ chosen: toggled(chosen, id), types: new Set(types) }),
		toggleType: (type) => setSelection({ chosen: new Set(chosen), types: toggled(types, type) }),
		setAdapted: setAllAdapted,
		choosePreset(name) {
			setPreset(name);
			setChanges({});
			setTasked(name === 'thorough');
		},
		change: (part) => setChanges((before) => ({ ...before, ...part })),
		setTasked,
		setTooled,
	};
}

/** Pause after the last change of the form, in ms. */
const typingPauseMs = 250;

/** Asks the application about a value, shortly after its last change; null: not known. */
function useAnswer<Question, Answer>(
	question: Question | null,
	ask: (question: Question) => Promise<Answer>,
	{ keep }: { readonly keep: boolean },
): Answer | null {
	const [answer, setAnswer] = useState<Answer | null>(null);
	const key = question === null ? null : JSON.stringify(question);
	useEffect(() => {
		if (key === null) return setAnswer(null);
		let current = true;
		if (!keep) setAnswer(null);
		const timer = setTimeout(() => {
			ask(JSON.parse(key) as Question).then(
				(found) => current && setAnswer(found),
				// Errors in the plan are shown when it starts.
				() => current && setAnswer(null),
			);
		}, typingPauseMs);
		return () => {
			current = false;
			clearTimeout(timer);
		};
	}, [key, ask, keep]);
	return answer;
}

const useEstimate = (plan: PlanInput | null): ComparisonEstimate | null =>
	useAnswer(plan, useServices().comparisons.estimate, { keep: false });

/** The earlier presets stay on the screen until those for the changed files are known. */
const usePresets = (files: Parameters<ReturnType<typeof useServices>['comparisons']['presets']>[0] | null) =>
	useAnswer(files, useServices().comparisons.presets, { keep: true });
