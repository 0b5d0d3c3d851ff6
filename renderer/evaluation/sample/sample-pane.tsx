import { ChevronDown, ChevronRight, ChevronUp, MessageSquareShare, Pencil, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Sample } from '../../../electron/contract/dataset/schema.ts';
import type { RowDetail } from '../../../electron/contract/evaluation/schema.ts';
import { toFailure } from '../../connection/failure.ts';
import { useQuery } from '../../connection/use-query.ts';
import { openMessage } from '../../conversation/actions.ts';
import { Badge } from '../../design/badge.tsx';
import { Button, IconButton } from '../../design/button.tsx';
import { FailureCard } from '../../design/failure-card.tsx';
import { InlineEditor } from '../../design/inline-editor.tsx';
import { Scroller } from '../../design/scroll-area.tsx';
import { ViewTabs } from '../../design/tabs.tsx';
import { useRestoreFocus } from '../../design/use-restore-focus.ts';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { AnswersSideBySide } from './answers-side-by-side.tsx';
import type { ArmSide } from './arm-side.ts';
import { LookedUp } from './looked-up.tsx';
import { PromptsSent, roles } from './prompts-sent.tsx';
import type { ScoreScale } from './score-scale.ts';

/** One sample in detail: the question, each side's answer and its scores. */
export function SamplePane({
	position,
	epoch,
	sides,
	scorer,
	scoreScale,
	version,
	onStep,
	onClose,
}: {
	position: number;
	epoch: number;
	sides: readonly ArmSide[];
	scorer: string;
	scoreScale: ScoreScale;
	version: string;
	onStep: (by: 1 | -1) => void;
	/** Closes the pane; left out: it stays. */
	onClose?: () => void;
}) {
	const arms = sides.map(({ armId }) => armId);
	const { data: detail, failure } = useQuery(JSON.stringify([arms, position, epoch, version]), (client, signal) =>
		client.evaluations.row({ arms, position, epoch }, { signal }),
	);
	const [tab, setTab] = useState<'outputs' | 'prompts' | 'looked-up'>('outputs');
	const [editing, setEditing] = useState(false);
	const opener = useRestoreFocus<HTMLButtonElement>(editing);
	const origin = useOrigin(sides[0], detail?.sample.id);
	const services = useServices();
	// biome-ignore lint/correctness/useExhaustiveDependencies: another sample is not the one being corrected
	useEffect(() => setEditing(false), [position]);
	if (failure !== null) {
		return (
			<div className="p-4">
				<FailureCard title={t('Couldn’t read the sample')} failure={failure} />
			</div>
		);
	}
	if (detail === undefined) return null;
	const { sample } = detail;
	const hasLookedUp = detail.answers.some(
		({ lookedUp, leftOutTurns = 0 }) => lookedUp !== undefined || leftOutTurns > 0,
	);
	const source = origin?.source;
	return (
		<>
			<header className="flex h-10 flex-none items-center gap-1 pr-3.5 pl-4.5">
				<h2 className="mr-1 flex-none font-semibold">
					{detail.epoch > 0
						? t('Sample {sample}, answer {answer}', { sample: detail.position + 1, answer: detail.epoch + 1 })
						: t('Sample {sample}', { sample: detail.position + 1 })}
				</h2>
				<span className="min-w-0 flex-1 truncate text-xs text-ink-3" title={sample.key}>
					{describeSource(source, sample)}
				</span>
				{sample.tags.slice(0, 2).map((tag) => (
					<Badge key={tag} tone="plain">
						<span className="max-w-28 truncate leading-normal">{tag}</span>
					</Badge>
				))}
				{source?.kind === 'message' ? (
					<IconButton
						icon={MessageSquareShare}
						size="sm"
						label={t('Open the conversation')}
						onClick={() => openMessage(services, source)}
					/>
				) : null}
				<IconButton icon={ChevronUp} size="sm" label={t('Previous sample')} keys="K" onClick={() => onStep(-1)} />
				<IconButton icon={ChevronDown} size="sm" label={t('Next sample')} keys="J" onClick={() => onStep(1)} />
				{onClose === undefined ? null : (
					<IconButton icon={X} size="sm" label={t('Close the sample')} onClick={onClose} />
				)}
			</header>
			<div className="relative min-h-0 flex-1 overflow-x-hidden overflow-y-auto pr-3.5 pb-3.5 pl-4.5">
				<Input key={sample.id} sample={sample} />
				<div className="mb-1.5 -ml-2">
					<ViewTabs
						label={t('Outputs or prompts')}
						value={tab}
						onChange={setTab}
						options={[
							{ value: 'outputs', label: sides.length > 1 ? t('Outputs') : t('Output') },
							{ value: 'prompts', label: sides.length > 1 ? t('Prompts sent') : t('Prompt sent') },
							...(hasLookedUp ? [{ value: 'looked-up' as const, label: t('Looked up') }] : []),
						]}
					/>
				</div>
				{tab === 'prompts' ? (
					<PromptsSent answers={detail.answers} sides={sides} />
				) : tab === 'looked-up' && hasLookedUp ? (
					<LookedUp answers={detail.answers} sides={sides} />
				) : (
					<AnswersSideBySide detail={detail} sides={sides} scorer={scorer} scoreScale={scoreScale} />
				)}
				<ExpectedCalls calls={sample.expectedCalls} />
				{editing ? (
					<TargetEditor sample={sample} dataset={sides[0]?.dataset} onClose={() => setEditing(false)} />
				) : (
					<div className="mt-1.5 -mr-2 flex flex-wrap items-start gap-x-0.5">
						<span className="min-w-24 flex-1 py-1 text-xs text-ink-2 [overflow-wrap:anywhere]">
							{sample.target === null ? (
								sample.expectedCalls === undefined ? (
									t('No target')
								) : (
									t('No target for the end result')
								)
							) : (
								<>
									{t('Target')} <span className="font-mono">{sample.target.slice(0, 400)}</span>
								</>
							)}
						</span>
						<Button ref={opener} kind="ghost" size="sm" icon={Pencil} onClick={() => setEditing(true)}>
							{t('Correct target')}
						</Button>
					</div>
				)}
			</div>
		</>
	);
}

/** What was asked. The messages of a conversation before that unfold above it. */
function Input({ sample: { input, earlier = [] } }: { sample: RowDetail['sample'] }) {
	const [isWhole, setWhole] = useState(false);
	return (
		<div className="mb-2.5">
			{earlier.length === 0 ? null : (
				<Button
					kind="ghost"
					size="sm"
					icon={isWhole ? ChevronDown : ChevronRight}
					aria-expanded={isWhole}
					onClick={() => setWhole(!isWhole)}
				>
					{t('{count, plural, one {# earlier message} other {# earlier messages}}', { count: earlier.length })}
				</Button>
			)}
			{isWhole ? (
				<Scroller label={t('Earlier messages')} className="mb-1.5 max-h-56">
					<div>
						{earlier.map(({ role, content }, index) => (
							// biome-ignore lint/suspicious/noArrayIndexKey: messages stand where they stand
							<div key={index} className="mb-1.5">
								<h4 className="text-2xs text-ink-3">{roles[role]}</h4>
								<p className="foreign whitespace-pre-wrap" dir="auto">
									{content}
								</p>
							</div>
						))}
					</div>
				</Scroller>
			) : null}
			<Scroller label={t('Input')} className="max-h-30">
				<p className="foreign whitespace-pre-wrap" dir="auto">
					<span className="mr-2 text-xs text-ink-3">{t('Input')}</span>
					{input}
				</p>
			</Scroller>
		</div>
	);
}

/** What the model should have called. */
function ExpectedCalls({ calls }: { calls: RowDetail['sample']['expectedCalls'] }) {
	if (calls === undefined) return null;
	const words =
		calls === 'any' ? t('It should make a call, of any tool') : calls.length === 0 ? t('It should make no call') : null;
	return (
		<div className="mt-1.5 text-xs text-ink-2">
			{words ?? t('{count, plural, one {Expected call} other {Expected calls}}', { count: calls.length })}
			{words !== null || calls === 'any' ? null : (
				<ul className="mt-0.5 flex flex-col gap-0.5">
					{calls.map((call, index) => (
						// biome-ignore lint/suspicious/noArrayIndexKey: the same call may be expected twice
						<li key={index} className="foreign font-mono [overflow-wrap:anywhere]" dir="ltr">
							{call}
						</li>
					))}
				</ul>
			)}
		</div>
	);
}

function describeSource(source: Sample['source'] | undefined, { key, split }: RowDetail['sample']): string {
	if (source?.kind === 'message') return t('from a conversation');
	if (source?.kind === 'file') return t('{file}, row {row}', { file: source.file, row: source.row });
	return split === 'test' ? key : `${key}, ${split}`;
}

/** Returns the sample from its dataset; null until it has loaded, or if it is gone. */
function useOrigin(side: ArmSide | undefined, sampleId: number | undefined): Sample | null {
	const versionId = side?.dataset.versionId;
	const known = versionId !== undefined && sampleId !== undefined;
	const { data: answer } = useQuery(known ? `${versionId}/${sampleId}` : null, (client, signal) =>
		client.datasets.samples.get({ versionId: versionId ?? 0, sampleId: sampleId ?? 0 }, { signal }),
	);
	return answer?.id === sampleId ? (answer ?? null) : null;
}

/** Corrects the target. It changes the dataset's draft; this run keeps the target it was measured against. */
function TargetEditor({
	sample,
	dataset,
	onClose,
}: {
	sample: RowDetail['sample'];
	dataset: ArmSide['dataset'] | undefined;
	onClose: () => void;
}) {
	const { connection, toasts } = useServices();
	const [text, setText] = useState(sample.target ?? '');
	const wrongChoice = sample.choices.length > 0 && !sample.choices.includes(text);
	async function save(): Promise<void> {
		if (dataset === undefined || wrongChoice) return;
		const { samples } = connection.client.datasets;
		try {
			const { undoId } = await samples.edit({
				datasetId: dataset.id,
				sampleId: sample.id,
				edit: { target: text === '' ? null : text },
			});
			toasts.show({
				text: t('Corrected in the draft of {name}. This run keeps the target it was scored by.', {
					name: dataset.name,
				}),
				...(undoId === null
					? {}
					: {
							action: {
								label: t('Undo'),
								run: () =>
									void samples.undo({ undoId }).catch((error: unknown) => toasts.fail(toFailure(error).message)),
							},
						}),
			});
			onClose();
		} catch (error) {
			toasts.fail(toFailure(error).message);
		}
	}
	return (
		<InlineEditor
			label={t('Target')}
			value={text}
			onChange={setText}
			submits={(event) => event.key === 'Enter' && (event.ctrlKey || event.metaKey)}
			onSubmit={() => void save()}
			onClose={onClose}
			className="mt-2.5"
		>
			{sample.choices.length === 0 ? null : (
				<span className="flex flex-wrap gap-1">
					{sample.choices.map((choice) => (
						<Button key={choice} size="sm" kind="ghost" aria-pressed={choice === text} onClick={() => setText(choice)}>
							<span className="max-w-48 truncate">{choice}</span>
						</Button>
					))}
				</span>
			)}
			<span className="min-w-0 flex-1 text-xs text-ink-3">
				{dataset === undefined
					? t('Saved in the draft of the dataset')
					: t('Saved in the draft of {name}', { name: dataset.name })}
			</span>
			<Button size="sm" kind="ghost" onClick={onClose}>
				{t('Cancel')}
			</Button>
			<Button
				size="sm"
				kind="primary"
				blocked={wrongChoice ? t('Choose one of the choices') : undefined}
				onClick={() => void save()}
			>
				{t('Save target')}
			</Button>
		</InlineEditor>
	);
}
