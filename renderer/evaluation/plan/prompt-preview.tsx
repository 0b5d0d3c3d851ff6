import { ChevronDown, ChevronUp, CircleAlert } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { PlanPreview } from '../../../electron/contract/evaluation/schema.ts';
import { techniqueSchema } from '../../../electron/contract/evaluation/technique.ts';
import { useQuery } from '../../connection/use-query.ts';
import { IconButton } from '../../design/button.tsx';
import { phraseSeparator } from '../../design/format.ts';
import { Icon } from '../../design/icon.tsx';
import { Scroller } from '../../design/scroll-area.tsx';
import { t } from '../../messages/t.ts';
import { RequestView } from '../../prompt/request-view.tsx';
import { useServices } from '../../services.ts';
import type { Plan } from './use-plan.ts';

/** Pause in typing before a query, in ms. */
const typingPauseMs = 300;

/** A sample as the run will ask it: with the first prompt, the examples, and the technique's additions. */
export function PromptPreview({ plan: { draft }, index }: { plan: Plan; index: number }) {
	const { models } = useServices();
	const files = useStore(models.state, (state) => state.models);
	const [position, setPosition] = useState(0);
	const { datasetId, versionId, split, tags, techniques } = draft;
	const [promptVersionId] = draft.promptVersionIds;
	// Don't query incomplete input.
	const written = techniques.every((technique) => techniqueSchema.safeParse(technique).success);
	const input =
		datasetId === null || promptVersionId === undefined || !written
			? null
			: {
					promptVersionId,
					technique: index,
					position,
					techniques: [...techniques],
					dataset: { datasetId, versionId, split, tags: [...tags], limit: null },
				};
	const { data: answer, failure } = useQuery(
		input === null ? null : JSON.stringify(input),
		// Without input there is no query.
		(client, signal) => client.evaluations.preview(input!, { signal }),
		typingPauseMs,
	);
	const chosen = files.filter(({ id }) => draft.modelFileIds.includes(id));
	const plain = chosen.length > 0 && chosen.every(({ chat }) => !chat);
	if (input === null && written)
		return <p className="text-xs text-ink-3">{t('Choose a dataset and a prompt to preview the request.')}</p>;
	return (
		<section aria-label={t('Preview')} className="flex flex-col gap-1.5">
			{failure === null ? null : (
				<p role="alert" className="flex items-start gap-1.5 text-xs text-pretty text-bad">
					<Icon of={CircleAlert} size={12} className="mt-[3px]" />
					<span>
						{failure.message} {failure.next[0]}
					</span>
				</p>
			)}
			{answer === undefined ? null : (
				<>
					<div className="flex items-center gap-2 text-xs text-ink-2">
						<span className="min-w-0 flex-1 truncate" title={answer.key}>
							{describeGiven(answer, plain)}
						</span>
						<IconButton
							icon={ChevronUp}
							size="sm"
							label={t('Previous sample')}
							blocked={position === 0 ? t('First sample') : undefined}
							onClick={() => setPosition(position - 1)}
						/>
						<IconButton
							icon={ChevronDown}
							size="sm"
							label={t('Next sample')}
							blocked={answer.last ? t('Last sample') : undefined}
							onClick={() => setPosition(position + 1)}
						/>
					</div>
					<Scroller label={t('Input of the model')} className="max-h-64 rounded-lg border border-line bg-surface">
						<RequestView request={answer.request} plain={plain} />
					</Scroller>
					{answer.target === null ? null : (
						<p className="flex items-baseline gap-2 text-xs">
							<span className="flex-none text-ink-3">{t('Target')}</span>
							<span className="foreign line-clamp-2 min-w-0 font-mono" dir="auto">
								{answer.target.slice(0, 600)}
							</span>
						</p>
					)}
				</>
			)}
		</section>
	);
}

/** Describes the preview: "Sample 3 with 3 examples, in the model’s chat template". */
function describeGiven({ key, examples, request }: PlanPreview, plain: boolean): string {
	return [
		examples.length === 0
			? t('Sample {key}', { key })
			: t('Sample {key} with {count, plural, one {# example} other {# examples}}', { key, count: examples.length }),
		request.kind === 'likelihood' || plain ? t('as plain text') : t('in the model’s chat template'),
	].join(phraseSeparator('comma'));
}
