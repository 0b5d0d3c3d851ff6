import { shardLimit } from '../../../electron/contract/evaluation/run-config.ts';
import { t } from '../../messages/t.ts';
import { FormPart } from './form-part.tsx';
import { FieldLine, InlineCheckbox, InlineNumber, MoreFields } from './inline-fields.tsx';
import { emptyDraft, type RunDraft } from './run-draft.ts';

/** Sets how often each sample is asked, and the settings that make the run repeatable. */
export function RepeatPart({ draft, change }: { draft: RunDraft; change: (part: Partial<RunDraft>) => void }) {
	const greedy = draft.parameters.every(({ temperature }) => temperature === 0);
	return (
		<FormPart title={t('Measurement')} hint={t('Needed to reproduce the run.')}>
			<div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
				<InlineNumber
					label={t('Answers per sample')}
					value={draft.epochs}
					onChange={(epochs) => change({ epochs: epochs ?? 1 })}
					min={1}
					max={100}
					width={48}
				/>
				<InlineNumber
					label={t('Seed')}
					value={draft.seed}
					onChange={(seed) => change({ seed: seed ?? 0 })}
					min={0}
					max={0xffff_ffff}
					width={84}
				/>
				<InlineNumber
					label={t('Parallel samples')}
					value={draft.width}
					onChange={(width) => change({ width: width ?? 8 })}
					min={1}
					max={63}
					width={48}
				/>
				<InlineNumber
					label={t('Threads')}
					value={draft.threads === 0 ? null : draft.threads}
					onChange={(threads) => change({ threads: threads ?? 0 })}
					min={1}
					max={256}
					empty={t('all')}
					width={48}
				/>
			</div>
			<p className="text-xs text-pretty text-ink-3">
				{[
					...(draft.width === 1
						? [t('One sample at a time gives the same tokens as chat, and is slowest.')]
						: [
								t('{width, plural, one {# sample runs} other {# samples run}} in parallel, which is faster.', {
									width: draft.width,
								}),
								draft.independent
									? t(
											'Other samples don’t change an answer. Chat may answer differently, because a single answer is rounded differently.',
										)
									: t(
											'Samples decoded together can change an answer, so a longer run may answer the same sample differently.',
										),
							]),
					...(greedy && draft.epochs > 1
						? [t('At temperature 0 every answer of a sample is the same, so more answers tell nothing new.')]
						: []),
				].join(' ')}
			</p>
			<MoreFields
				about={t('measuring')}
				changed={
					draft.shardSize !== emptyDraft.shardSize ||
					draft.contextSize !== emptyDraft.contextSize ||
					draft.independent !== emptyDraft.independent
				}
			>
				<FieldLine>
					<InlineNumber
						label={t('Samples per shard')}
						value={draft.shardSize}
						onChange={(shardSize) => change({ shardSize: shardSize ?? emptyDraft.shardSize })}
						min={1}
						max={shardLimit}
						width={48}
					/>
					<InlineNumber
						label={t('Context size')}
						unit={t('tokens')}
						value={draft.contextSize}
						onChange={(contextSize) => change({ contextSize })}
						min={128}
						max={1_048_576}
						empty={t('as in chat')}
						width={92}
					/>
				</FieldLine>
				<InlineCheckbox
					label={t('Independent samples')}
					checked={draft.independent}
					onChange={() => change({ independent: !draft.independent })}
				/>
				<p className="text-xs text-pretty text-ink-3">
					{t(
						'Independent samples get the same answers whatever else is in the run. Without them, small models are measured up to a quarter faster. A shard is measured and saved as a whole: with fewer samples in it, a pause or a crash costs less. The context holds prompt and answer: a larger one takes memory, a smaller one refuses long prompts.',
					)}
				</p>
			</MoreFields>
		</FormPart>
	);
}
