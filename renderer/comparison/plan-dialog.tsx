import { ChevronsUpDown } from 'lucide-react';
import { useEffect, useId, useState } from 'react';
import { useStore } from 'zustand';
import { isSameModel } from '../../electron/contract/comparison/same-model.ts';
import type { ModelFile } from '../../electron/contract/library/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import type { QuantizeType } from '../../models/contract/native/tasks.ts';
import { toFailure } from '../connection/failure.ts';
import { Button } from '../design/button.tsx';
import { CheckboxGroup } from '../design/checkbox-group.tsx';
import { Dialog } from '../design/dialog.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatBytes } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Menu, MenuItem } from '../design/menu.tsx';
import { NumberField } from '../design/number-field.tsx';
import { TextArea, TextField } from '../design/text-field.tsx';
import { listQuantizationTypes } from '../library/quantization-types.ts';
import { useServices } from '../services.ts';
import type { PlanInput, Proposal } from './comparison-store.ts';
import { formatCategory } from './comparison-wording.ts';
import { TaskSection } from './task-section.tsx';
import { describeMissing, toTask, useTask } from './use-task.ts';

const fileLabel = ({ name, quantization, sizeBytes }: ModelFile): string =>
	`${name} ${quantization}, ${formatBytes(sizeBytes)}`;

/** Finds the files that could be quantisations of `reference`. */
function findQuantizations(models: readonly ModelFile[], reference: ModelFile | undefined): readonly ModelFile[] {
	if (reference === undefined) return [];
	return models.filter((model) => model.id !== reference.id && model.problem === null && isSameModel(model, reference));
}

/** Splits a text into its non-empty lines. */
function splitLines(text: string): string[] {
	return text
		.split('\n')
		.map((line) => line.trim())
		.filter(Boolean);
}

/** Context depths, in tokens, at which speed can also be measured. */
const depthChoices = [512, 2048, 8192] as const;

/** Form of a comparison: the reference, existing files, files to quantise, and the texts to measure on. */
export function PlanDialog({
	open,
	from,
	onClose,
}: {
	open: boolean;
	/** Preselected files. */
	from: Proposal | null;
	onClose: () => void;
}) {
	const { comparisons, models } = useServices();
	const files = useStore(models.state, (state) => state.models).filter(
		({ problem, kind }) => problem === null && kind === 'model',
	);
	const texts = useStore(comparisons.state, (state) => state.texts);
	const [referenceId, setReferenceId] = useState<number | null>(from?.referenceId ?? null);
	const [others, setOthers] = useState<ReadonlySet<number>>(new Set(from?.candidateIds));
	const [typesToQuantize, setTypesToQuantize] = useState<ReadonlySet<QuantizeType>>(
		new Set(from?.referenceId == null ? (['Q8_0', 'Q4_K_M'] as const) : []),
	);
	const [leftOut, setLeftOut] = useState<ReadonlySet<string>>(new Set());
	const [allTypes, setAllTypes] = useState(false);
	const [guide, setGuide] = useState('');
	const [own, setOwn] = useState('');
	const [chunks, setChunks] = useState<number | null>(null);
	const [repetitions, setRepetitions] = useState(5);
	const [withChatLatency, setWithChatLatency] = useState(true);
	const [depths, setDepths] = useState<ReadonlySet<number>>(new Set([0]));
	const [asked, setAsked] = useState('');
	const [tasked, setTasked] = useState(false);
	const task = useTask(open && tasked);
	const [failure, setFailure] = useState<FailureFacts | null>(null);
	const referenceLabel = useId();
	const largest = files.toSorted((a, b) => b.sizeBytes / b.parameters - a.sizeBytes / a.parameters)[0];
	const reference = files.find(({ id }) => id === referenceId) ?? largest;
	const candidates = findQuantizations(files, reference);
	const chosen = candidates.filter(({ id }) => others.has(id));
	const paths = [...texts.filter(({ path }) => !leftOut.has(path)).map(({ path }) => path), ...splitLines(own)];
	const total = 1 + chosen.length + typesToQuantize.size;
	const plan: PlanInput | null =
		reference === undefined || total < 2
			? null
			: {
					referenceId: reference.id,
					candidateIds: chosen.map(({ id }) => id),
					quantize: [...typesToQuantize],
					imatrixText: typesToQuantize.size === 0 || guide.trim() === '' ? null : guide.trim(),
					texts: paths,
					chunks,
					repetitions,
					depths: [...depths],
					felt: withChatLatency,
					prompts: splitLines(asked),
					task: tasked && task.draft !== null ? toTask(task.draft) : null,
				};
	const takes = usePlanEstimate(open ? plan : null);
	async function start(): Promise<void> {
		if (plan === null) return;
		try {
			await comparisons.start(plan);
			setFailure(null);
			onClose();
		} catch (error) {
			setFailure(toFailure(error));
		}
	}
	const blocked =
		reference === undefined
			? 'Add a model first'
			: total < 2
				? 'Choose a second file, or a type to be made'
				: ((tasked ? describeMissing(task) : null) ?? undefined);
	return (
		<Dialog
			open={open}
			onClose={onClose}
			title="New comparison"
			text="Files are measured one after the other, when nobody chats. What is measured is kept when you pause."
			width={600}
			tall
			actions={
				<>
					<span className="mr-auto self-center text-xs text-pretty text-ink-2">{takes}</span>
					<Button onClick={onClose}>Cancel</Button>
					<Button kind="primary" blocked={blocked} onClick={() => void start()}>
						Compare {total} files
					</Button>
				</>
			}
		>
			<div className="mt-4 flex flex-col gap-4">
				<div>
					<span id={referenceLabel} className="mb-[5px] block text-xs font-medium text-ink-2">
						Reference, best an unquantised file
					</span>
					<Menu
						align="start"
						width={558}
						trigger={
							<button
								type="button"
								aria-describedby={referenceLabel}
								className="flex h-7.5 w-full items-center gap-1.5 rounded-md border border-control bg-surface px-2 text-left data-popup-open:bg-hover"
							>
								<span className="min-w-0 flex-1 truncate">
									{reference === undefined ? 'No model yet' : fileLabel(reference)}
								</span>
								<Icon of={ChevronsUpDown} size={14} className="text-ink-3" />
							</button>
						}
					>
						{files.map((file) => (
							<MenuItem key={file.id} selected={file.id === reference?.id} onSelect={() => setReferenceId(file.id)}>
								{fileLabel(file)}
							</MenuItem>
						))}
					</Menu>
				</div>
				{candidates.length === 0 ? null : (
					<CheckboxGroup
						legend="Files to compare with it"
						options={candidates.map((file) => ({ value: file.id, label: fileLabel(file) }))}
						chosen={others}
						onChange={setOthers}
					/>
				)}
				<CheckboxGroup
					legend="Files to be made of the reference"
					options={listQuantizationTypes(allTypes).map(({ type }) => ({ value: type, label: type }))}
					chosen={typesToQuantize}
					onChange={setTypesToQuantize}
					inline
				/>
				{allTypes ? null : (
					<Button kind="ghost" size="sm" className="-mt-3 -ml-2 self-start" onClick={() => setAllTypes(true)}>
						All types of llama.cpp
					</Button>
				)}
				{typesToQuantize.size === 0 ? null : (
					<TextField
						label="Text for an importance matrix"
						hint="optional: weights that matter for it are kept better"
						placeholder="/home/me/notes.txt"
						value={guide}
						onChange={(event) => setGuide(event.target.value)}
					/>
				)}
				{texts.length === 0 ? null : (
					<CheckboxGroup
						legend="Texts to measure quality on"
						options={texts.map(({ path, category }) => ({ value: path, label: formatCategory(category) }))}
						chosen={new Set(texts.map(({ path }) => path).filter((path) => !leftOut.has(path)))}
						onChange={(next) => setLeftOut(new Set(texts.map(({ path }) => path).filter((path) => !next.has(path))))}
						inline
					/>
				)}
				<TextArea
					label="Text files of your own"
					hint="one path a line"
					value={own}
					onChange={(event) => setOwn(event.target.value)}
					placeholder="/home/me/notes.txt"
				/>
				{paths.length === 0 ? null : (
					<NumberField
						label="Chunks of 512 tokens of each text"
						value={chunks}
						onChange={setChunks}
						min={2}
						max={100_000}
						empty="all of them"
					/>
				)}
				<TaskSection task={task} on={tasked} files={files} onToggle={setTasked} />
				<NumberField
					label="Repetitions of each speed measurement"
					value={repetitions}
					onChange={(next) => setRepetitions(next ?? 5)}
					min={2}
					max={100}
				/>
				<CheckboxGroup
					legend="Speed as felt"
					options={[{ value: 'felt', label: 'Loads, first words and pauses through the chat' }]}
					chosen={new Set(withChatLatency ? ['felt'] : [])}
					onChange={(next) => setWithChatLatency(next.has('felt'))}
					inline
				/>
				<CheckboxGroup
					legend="Speed also behind a filled context of"
					options={depthChoices.map((depth) => ({ value: depth, label: `${depth.toLocaleString('en')} tokens` }))}
					chosen={depths}
					onChange={setDepths}
					inline
				/>
				<TextArea
					label="Prompts that every file answers, to read side by side"
					hint="one a line, answered at temperature 0"
					value={asked}
					onChange={(event) => setAsked(event.target.value)}
					placeholder="What is the capital of France, and why?"
				/>
				{failure === null ? null : <FailureCard title="It could not be started" failure={failure} />}
			</div>
		</Dialog>
	);
}

/** Pause after the last change of the form, in ms. */
const typingPauseMs = 250;

/** Describes the cost of a plan, shortly after its last change; null: unknown. */
function usePlanEstimate(plan: PlanInput | null): string | null {
	const { comparisons } = useServices();
	const [words, setWords] = useState<string | null>(null);
	const key = plan === null ? null : JSON.stringify(plan);
	useEffect(() => {
		if (key === null) return setWords(null);
		let current = true;
		const timer = setTimeout(() => {
			comparisons.estimate(JSON.parse(key) as PlanInput).then(
				(estimate) => current && setWords(estimate.words),
				// Errors in the plan are shown when it starts.
				() => current && setWords(null),
			);
		}, typingPauseMs);
		return () => {
			current = false;
			clearTimeout(timer);
		};
	}, [key, comparisons]);
	return words;
}
