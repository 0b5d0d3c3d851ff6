import { ChevronRight } from 'lucide-react';
import { useEffect, useId, useState } from 'react';
import { useStore } from 'zustand';
import type { TrainingCheck, TrainingConfigInput, TrainingData } from '../../electron/contract/adaptation/schema.ts';
import type { FeedbackFilter } from '../../electron/contract/feedback/schema.ts';
import type { ModelFile } from '../../electron/contract/library/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import { runWithFocus } from '../app/focus-main.ts';
import { toFailure } from '../connection/failure.ts';
import { Button } from '../design/button.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatSetting } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { NumberField } from '../design/number-field.tsx';
import { SearchBox } from '../design/search-box.tsx';
import { Segmented } from '../design/segmented.tsx';
import { Select } from '../design/select.tsx';
import { Switch } from '../design/switch.tsx';
import { Labelled, TextField } from '../design/text-field.tsx';
import { readEnteredPath } from '../library/entered-path.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { DataCheck } from './data-check.tsx';
import { ExportTrainingDialog } from './export-dialog.tsx';
import { goals, goalWords } from './goal-words.ts';
import { LearningRateField } from './learning-rate-field.tsx';
import type { TrainingProposal } from './training-store.ts';

type Settings = NonNullable<TrainingConfigInput['settings']>;
type Objective = NonNullable<TrainingConfigInput['objective']>;

/** Passes over the samples, as a newcomer chooses them; few samples get more, for in a few steps nothing is learned. */
const lengths = {
	short: { passes: 1, leastSteps: 10 },
	usual: { passes: 2, leastSteps: 20 },
	long: { passes: 4, leastSteps: 40 },
} as const;

const usualPerStep = 8;

/** Most passes that training takes. */
const mostPasses = 100;

/** Returns the passes over `samples` that a length means; null: their number is not known yet. */
function passesOf(length: keyof typeof lengths, samples: number | null, perStep: number): number {
	const { passes, leastSteps } = lengths[length];
	if (samples === null || samples === 0) return passes;
	const enough = Math.ceil((leastSteps * Math.min(perStep, samples)) / samples);
	return Math.min(mostPasses, Math.max(passes, enough));
}

/** Starts a fine-tuning: what to learn from, on which model, for how long. Everything may stay as it is. */
export function TrainingForm({ from }: { from: TrainingProposal }) {
	const { layout, models, datasets, documents, trainings } = useServices();
	const files = useStore(models.state, (state) => state.models);
	const all = useStore(datasets.state, (state) => state.datasets);
	const bases = files.filter(({ kind, problem }) => kind === 'model' && problem === null);
	const usualBase = bases.find(({ id }) => id === from.modelFileId) ?? bases.find((file) => file.default) ?? bases[0];
	const [modelFileId, setModelFileId] = useState(usualBase?.id ?? null);
	const collections = useStore(documents.state, (state) => state.collections).filter((one) => one.documents > 0);
	const [source, setSource] = useState<'dataset' | 'feedback' | 'documents'>(
		from.data?.kind === 'feedback' ? 'feedback' : 'dataset',
	);
	const [filter, setFilter] = useState<FeedbackFilter>(
		from.data?.kind === 'feedback' ? from.data.filter : { rating: 'any' },
	);
	/** null: a folder. */
	const [chosenCollection, setCollection] = useState<number | null | undefined>(undefined);
	const collectionId = chosenCollection === undefined ? (collections[0]?.id ?? null) : chosenCollection;
	const [typedFolder, setTypedFolder] = useState('');
	/** The folder to learn from, set once its path is typed in full: looking through a folder may take a while. */
	const [folder, setFolder] = useState('');
	// Only the documents screen fetches the collections, and it may not have been open yet.
	useEffect(() => void documents.refresh(), [documents]);
	const proposed = from.data?.kind === 'dataset' ? from.data : null;
	const usual = all.find(({ starterId }) => starterId === 'orders') ?? all[0];
	const [datasetId, setDatasetId] = useState<number | null>(proposed?.datasetId ?? usual?.id ?? null);
	const [goal, setObjective] = useState<Objective>('sft');
	const objective: Objective = source === 'documents' ? 'text' : goal;
	const [teacherFileId, setTeacherFileId] = useState<number | null>(null);
	const [length, setLength] = useState<keyof typeof lengths | 'own'>('usual');
	const [name, setName] = useState('');
	const [settings, setSettings] = useState<Settings>({});
	const [starting, setStarting] = useState(false);
	const [exporting, setExporting] = useState(false);
	const [failure, setFailure] = useState<FailureFacts | null>(null);
	const data: TrainingData | null =
		source === 'feedback'
			? { kind: 'feedback', filter }
			: source === 'documents'
				? textsOf(collectionId, folder)
				: datasetId === null
					? null
					: {
							kind: 'dataset',
							datasetId,
							versionId: proposed?.datasetId === datasetId ? proposed.versionId : null,
							split: null,
							tags: [],
						};
	const teachers = bases.filter(({ id }) => id !== modelFileId);
	const lacksTeacher = objective === 'distill' && teacherFileId === null;
	const { config, check, checking } = useCheck((samples): TrainingConfigInput | null =>
		data === null || modelFileId === null || lacksTeacher
			? null
			: {
					name,
					objective,
					modelFileId,
					data,
					teacherFileId: objective === 'distill' ? teacherFileId : null,
					settings:
						length === 'own'
							? settings
							: { ...settings, epochs: passesOf(length, samples, settings.samplesPerStep ?? usualPerStep) },
				},
	);
	const start = async (): Promise<void> => {
		if (config === null) return;
		setStarting(true);
		setFailure(null);
		try {
			await trainings.start(config);
			// The form disappears, and with it the button that has the focus.
			runWithFocus({ layout }, () => {});
		} catch (error) {
			setFailure(toFailure(error));
			setStarting(false);
		}
	};
	const blocked =
		config === null
			? lacksTeacher
				? t('Choose the larger model first')
				: source === 'documents'
					? t('Choose a collection or a folder first')
					: t('Choose a model and a dataset first')
			: // While the samples are being checked it may start: it checks them again.
				check?.obstacle?.message;
	const set = (change: Settings): void => setSettings({ ...settings, ...change });
	return (
		<div className="min-h-0 flex-1 overflow-y-auto">
			<form
				className="mx-auto grid max-w-(--reading) gap-5 px-6 py-5 max-[1099px]:px-4"
				// Enter in a field would start hours of work before the samples are checked: only the button starts it.
				onKeyDown={(event) => {
					if (event.key === 'Enter' && event.target instanceof HTMLInputElement) event.preventDefault();
				}}
				onSubmit={(event) => {
					event.preventDefault();
					if (blocked === undefined && !starting) void start();
				}}
			>
				<Field label={t('Training data')}>
					<div className="flex flex-wrap items-center gap-2">
						<Segmented
							label={t('Training data')}
							value={source}
							onChange={setSource}
							options={[
								{ value: 'dataset', label: t('A dataset') },
								{ value: 'feedback', label: t('My feedback') },
								{ value: 'documents', label: t('Documents') },
							]}
						/>
						{source === 'dataset' ? (
							<Select
								label={t('Dataset')}
								value={String(datasetId ?? '')}
								onChange={(value) => setDatasetId(Number(value))}
								options={all.map(({ id, name: words, latest }) => ({
									value: String(id),
									words: t('{name}, {count, plural, one {# sample} other {# samples}}', {
										name: words,
										count: latest.samples,
									}),
								}))}
							/>
						) : source === 'feedback' ? (
							<FeedbackChoice filter={filter} bases={bases} onChange={setFilter} />
						) : (
							<Select
								label={t('Collection')}
								value={collectionId === null ? '' : String(collectionId)}
								onChange={(value) => setCollection(value === '' ? null : Number(value))}
								options={[
									...collections.map((one) => ({
										value: String(one.id),
										words: t('{name}, {count, plural, one {# document} other {# documents}}', {
											name: one.name,
											count: one.documents,
										}),
									})),
									{ value: '', words: t('Text files in a folder') },
								]}
							/>
						)}
					</div>
					{source === 'documents' && collectionId === null ? (
						<div className="mt-2">
							<TextField
								label={t('Path of a folder or a text file')}
								mono
								autoComplete="off"
								spellCheck={false}
								placeholder={exampleFolder}
								value={typedFolder}
								onChange={(event) => setTypedFolder(event.target.value)}
								onBlur={() => setFolder(typedFolder)}
								onKeyDown={(event) => {
									if (event.key !== 'Enter' || typedFolder === folder) return;
									event.preventDefault();
									setFolder(typedFolder);
								}}
							/>
						</div>
					) : null}
					{source === 'documents' ? (
						<p className="mt-1 text-xs text-pretty text-ink-3">
							{t(
								'The model learns to continue texts like these. To have it look things up in them, add the collection to a chat instead.',
							)}
						</p>
					) : null}
				</Field>
				<Field label={t('Goal')}>
					<Select
						label={t('Goal')}
						value={objective}
						onChange={setObjective}
						options={goals
							.filter((value) => source !== 'documents' || value === 'text')
							.map((value) => ({ value, words: goalWords[value] }))}
					/>
					{objective === 'distill' ? (
						<div className="mt-2">
							<Select
								label={t('Larger model')}
								value={String(teacherFileId ?? '')}
								onChange={(value) => setTeacherFileId(value === '' ? null : Number(value))}
								options={[
									{ value: '', words: t('Choose the larger model') },
									...teachers.map((file) => ({ value: String(file.id), words: `${file.name} ${file.quantization}` })),
								]}
							/>
							{teachers.length === 0 ? (
								<p className="mt-1 text-xs text-ink-3">
									{t('There is no other model on this computer. Get a larger one under Get models first.')}
								</p>
							) : null}
						</div>
					) : null}
				</Field>
				<Field label={t('Base model')}>
					<Select
						label={t('Base model')}
						value={String(modelFileId ?? '')}
						onChange={(value) => setModelFileId(Number(value))}
						options={bases.map((file) => ({ value: String(file.id), words: `${file.name} ${file.quantization}` }))}
					/>
					<p className="mt-1 text-xs text-ink-3">
						{t('The model’s file stays as it is: what it learns goes into a small adapter beside it.')}
					</p>
				</Field>
				<Field label={t('How long')}>
					<Segmented
						label={t('How long')}
						value={length}
						onChange={setLength}
						options={[
							{ value: 'short', label: t('Short') },
							{ value: 'usual', label: t('Medium') },
							{ value: 'long', label: t('Long') },
							...(length === 'own' ? [{ value: 'own' as const, label: t('Custom') }] : []),
						]}
					/>
				</Field>
				<DataCheck
					objective={objective}
					check={check}
					checking={checking}
					missing={lacksTeacher ? t('Choose the larger model.') : t('Choose the training data.')}
				/>
				<Advanced
					settings={settings}
					epochs={config?.settings?.epochs ?? lengths.usual.passes}
					objective={objective}
					name={name}
					onName={setName}
					onChange={(change) => {
						if (change.epochs !== undefined) setLength('own');
						set(change);
					}}
				/>
				{failure === null ? null : <FailureCard title={t('Couldn’t start the training')} failure={failure} />}
				<div className="flex flex-wrap items-center gap-2 pb-4">
					<Button
						kind="primary"
						type="submit"
						busy={starting ? t('Starting') : undefined}
						blocked={starting ? undefined : blocked}
					>
						{t('Start training')}
					</Button>
					<Button onClick={() => trainings.plan(null)}>{t('Cancel')}</Button>
					<Button
						kind="ghost"
						blocked={objective === 'distill' ? t('Learning from a larger model works only on this computer') : blocked}
						onClick={() => setExporting(true)}
					>
						{t('Export to train elsewhere')}
					</Button>
					<span className="text-xs text-ink-3">
						{t('Chat answers go first; training waits meanwhile.')}{' '}
						{t('It uses the processor: the engine can’t unpack quantised weights on a GPU.')}
					</span>
				</div>
			</form>
			{exporting && config !== null ? (
				<ExportTrainingDialog config={config} onClose={() => setExporting(false)} />
			) : null}
		</div>
	);
}

/** Shows the form of a path; not translated. */
const exampleFolder = '/home/me/notes';

/** null: nothing is chosen yet. */
function textsOf(collectionId: number | null, folder: string): TrainingData | null {
	if (collectionId !== null) return { kind: 'documents', collectionIds: [collectionId] };
	const path = readEnteredPath(folder);
	return path === '' ? null : { kind: 'texts', paths: [path] };
}

/** Which of the person's feedback to learn from. */
function FeedbackChoice({
	filter,
	bases,
	onChange,
}: {
	filter: FeedbackFilter;
	bases: readonly ModelFile[];
	onChange: (filter: FeedbackFilter) => void;
}) {
	const { modelFileId: _, prompt: __, ...others } = filter;
	const { modelFileId, prompt = '' } = filter;
	const put = (change: { modelFileId?: number | undefined; prompt?: string }): void => {
		const next = { modelFileId, prompt, ...change };
		onChange({
			...others,
			...(next.modelFileId === undefined ? {} : { modelFileId: next.modelFileId }),
			...(next.prompt === '' ? {} : { prompt: next.prompt }),
		});
	};
	return (
		<>
			<Select
				label={t('Feedback to learn from')}
				value={filter.rating}
				onChange={(rating) => onChange({ ...filter, rating })}
				options={[
					{ value: 'any' as const, words: t('Corrections and answers rated good') },
					{ value: 'corrected' as const, words: t('Corrections only') },
					{ value: 'up' as const, words: t('Answers rated good only') },
					...(filter.rating === 'down' || filter.rating === 'suggested'
						? [{ value: filter.rating, words: t('As chosen under Feedback') }]
						: []),
				]}
			/>
			<Select
				label={t('Model that answered')}
				value={modelFileId === undefined ? '' : String(modelFileId)}
				onChange={(value) => put({ modelFileId: value === '' ? undefined : Number(value) })}
				options={[
					{ value: '', words: t('All models') },
					...bases.map(({ id, name, quantization }) => ({ value: String(id), words: `${name} ${quantization}` })),
				]}
			/>
			<SearchBox
				label={t('Only questions that contain')}
				placeholder={t('Only questions that contain …')}
				value={prompt}
				onType={(text) => put({ prompt: text.slice(0, 1000) })}
			/>
		</>
	);
}

function Field({ label, children }: { label: string; children: React.ReactNode }) {
	return (
		<div>
			<p className="mb-1.5 text-xs font-semibold">{label}</p>
			{children}
		</div>
	);
}

/** Checks the samples soon after a change; the newest config wins, made for the training samples found before. */
function useCheck(configFor: (samples: number | null) => TrainingConfigInput | null): {
	config: TrainingConfigInput | null;
	check: TrainingCheck | null;
	checking: FailureFacts | boolean;
} {
	const { trainings } = useServices();
	const [found, setFound] = useState<{
		key: string;
		/** Identifies the data that was checked, apart from the settings. */
		of: string;
		check: TrainingCheck | null;
		failure: FailureFacts | null;
	} | null>(null);
	const of = JSON.stringify({ ...configFor(null), name: '', settings: {} });
	const config = configFor(found?.of === of ? (found.check?.samples.train ?? null) : null);
	const key = JSON.stringify(config === null ? null : { ...config, name: '' });
	useEffect(() => {
		const asked = JSON.parse(key) as TrainingConfigInput | null;
		if (asked === null) return;
		const abort = new AbortController();
		const timer = setTimeout(() => {
			trainings.check(asked, abort.signal).then(
				(check) => setFound({ key, of, check, failure: null }),
				(error: unknown) => {
					if (!abort.signal.aborted) setFound({ key, of, check: null, failure: toFailure(error) });
				},
			);
		}, 150);
		return () => {
			clearTimeout(timer);
			abort.abort();
		};
	}, [trainings, key, of]);
	if (config === null) return { config, check: null, checking: false };
	if (found?.key !== key) return { config, check: null, checking: true };
	return { config, check: found.check, checking: found.failure ?? false };
}

/** Every setting of a run; a newcomer leaves it closed. */
function Advanced({
	settings,
	epochs,
	objective,
	name,
	onName,
	onChange,
}: {
	settings: Settings;
	/** As the chosen length has them. */
	epochs: number;
	objective: Objective;
	name: string;
	onName: (name: string) => void;
	onChange: (change: Settings) => void;
}) {
	const modules = useId();
	const schedule = useId();
	const mode = useId();
	const number = (
		key: keyof Settings & string,
		label: string,
		range: { min: number; max: number; step?: number; whole?: boolean; usual: number; title?: string },
	) => (
		<NumberField
			label={label}
			value={(settings[key] as number | undefined) ?? null}
			onChange={(value) => onChange({ [key]: value ?? undefined } as Settings)}
			min={range.min}
			max={range.max}
			{...(range.step === undefined ? {} : { step: range.step })}
			{...(range.whole === undefined ? {} : { whole: range.whole })}
			{...(range.title === undefined ? {} : { title: range.title })}
			empty={formatUsual(range.usual)}
			changed={settings[key] !== undefined}
		/>
	);
	return (
		<details className="group rounded-lg border border-line">
			<summary className="flex cursor-default list-none items-center gap-1 px-3 py-2 text-xs font-medium [&::-webkit-details-marker]:hidden">
				<Icon of={ChevronRight} size={14} className="transition-transform duration-(--fast) group-open:rotate-90" />
				{t('Advanced settings')}
			</summary>
			<div className="grid grid-cols-[repeat(auto-fill,minmax(170px,1fr))] gap-3.5 border-t border-line px-3.5 py-3">
				<TextField label={t('Name')} value={name} maxLength={200} onChange={(event) => onName(event.target.value)} />
				<Labelled label={t('Weights that are adapted')} htmlFor={modules}>
					<span id={modules}>
						<Select
							label={t('Weights that are adapted')}
							value={settings.modules ?? 'all-linear'}
							onChange={(value) => onChange({ modules: value })}
							options={[
								{ value: 'all-linear', words: t('All linear') },
								{ value: 'attention', words: t('Attention only') },
							]}
						/>
					</span>
				</Labelled>
				{number('rank', t('Rank'), {
					min: 1,
					max: 256,
					usual: 8,
					title: t('A higher rank can learn more, and forget more.'),
				})}
				{number('alpha', t('Alpha'), { min: 1, max: 1024, usual: 16, whole: false })}
				{number('dropout', t('Dropout'), { min: 0, max: 0.9, step: 0.05, usual: 0 })}
				<LearningRateField
					value={settings.learningRate}
					usual={5e-4}
					onChange={(learningRate) => onChange({ learningRate })}
				/>
				{number('loraPlusRatio', t('LoRA+ ratio'), { min: 1, max: 64, usual: 1, whole: false })}
				<Labelled label={t('Schedule')} htmlFor={schedule}>
					<span id={schedule}>
						<Select
							label={t('Schedule')}
							value={settings.schedule ?? 'cosine'}
							onChange={(value) => onChange({ schedule: value })}
							options={[
								{ value: 'cosine', words: t('Cosine') },
								{ value: 'linear', words: t('Linear') },
								{ value: 'constant', words: t('Constant') },
							]}
						/>
					</span>
				</Labelled>
				{number('epochs', t('Epochs'), { min: 0.1, max: mostPasses, step: 0.5, usual: epochs })}
				{number('maxSteps', t('Maximum steps'), { min: 1, max: 1_000_000, usual: Number.NaN })}
				{number('samplesPerStep', t('Samples per step'), { min: 1, max: 1024, usual: usualPerStep })}
				{number('maxTokens', t('Longest sample (tokens)'), { min: 8, max: 8192, usual: 512 })}
				{number('packTokens', t('Tokens per pass'), { min: 16, max: 8192, usual: 512 })}
				{number('patience', t('Validations without improvement'), {
					min: 0,
					max: 100,
					usual: 3,
					title: t('Training ends early after this many; 0 turns this off.'),
				})}
				{objective === 'dpo' ? number('beta', t('Beta'), { min: 0.01, max: 10, step: 0.05, usual: 0.1 }) : null}
				{number('seed', t('Seed'), { min: 0, max: 0xffff_ffff, usual: 0 })}
				<Labelled label={t('Arithmetic')} htmlFor={mode}>
					<span id={mode}>
						<Select
							label={t('Arithmetic')}
							value={settings.mode ?? 'quantised'}
							onChange={(value) => onChange({ mode: value })}
							options={[
								{ value: 'quantised', words: t('Same as for answers') },
								{ value: 'exact', words: t('Exact, slower') },
							]}
						/>
					</span>
				</Labelled>
				<div className="self-end pb-1.5 text-xs">
					<Switch
						label={t('Rank-stabilised scale')}
						checked={settings.rankStabilised ?? false}
						onChange={(rankStabilised) => onChange({ rankStabilised })}
					/>
				</div>
			</div>
		</details>
	);
}

function formatUsual(value: number): string {
	return Number.isNaN(value) ? t('No limit') : formatSetting(value);
}
