import { ChevronDown, ChevronUp, TriangleAlert } from 'lucide-react';
import { Fragment, type KeyboardEvent, useEffect } from 'react';
import { useStore } from 'zustand';
import type { PromptContent } from '../../electron/contract/prompt/schema.ts';
import { IconButton } from '../design/button.tsx';
import { ChoiceMenu } from '../design/choice-menu.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatCount } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { t } from '../messages/t.ts';
import { Trans } from '../messages/trans.tsx';
import { useServices } from '../services.ts';
import type { PreviewTechnique } from './preview-store.ts';
import { RequestView } from './request-view.tsx';
import { TrialAnswer } from './trial-answer.tsx';

const techniques: readonly { value: PreviewTechnique; words: string }[] = [
	{ value: 'zero-shot', words: t('Zero-shot') },
	{ value: 'few-shot', words: t('3 examples') },
	{ value: 'chain-of-thought', words: t('Chain of thought') },
];

/** The model's input for one sample, updated while the user writes; J and K move between samples. */
export function PreviewPane({ content }: { content: PromptContent }) {
	const { datasets, promptPreview } = useServices();
	const { dataset, index, preview, failure, sample, technique, total } = useStore(promptPreview.state);
	const all = useStore(datasets.state, (state) => state.datasets).filter(({ latest }) => latest.samples > 0);
	const shown = all.find(({ id }) => id === dataset?.id) ?? all[0];
	const [id, versionId, samples] = [shown?.id, shown?.latest.id, shown?.latest.samples];
	// The samples of a dataset change elsewhere while its prompt is written.
	useEffect(() => {
		if (id === undefined || versionId === undefined || samples === undefined) return;
		void promptPreview.choose({ id, versionId, samples });
	}, [promptPreview, id, versionId, samples]);
	useEffect(() => promptPreview.show(content), [promptPreview, content]);
	function press(event: KeyboardEvent): void {
		const step = { j: 1, k: -1 }[event.key];
		if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
		// In an open menu, letters select items.
		if (event.target instanceof Element && event.target.closest('[role="menu"]') !== null) return;
		event.preventDefault();
		void promptPreview.step(step);
	}
	return (
		<section aria-label={t('Preview')} className="flex flex-col gap-2.5" onKeyDown={press}>
			<div className="flex flex-wrap items-center gap-2">
				<h2 className="text-xs font-medium text-ink-2">{t('Sent to the model')}</h2>
				<span className="flex-1" />
				{all.length === 0 ? null : (
					<>
						<ChoiceMenu
							label={t('Technique')}
							value={technique}
							options={techniques}
							onChange={(value) => {
								const found = techniques.find((one) => one.value === value);
								if (found !== undefined) promptPreview.use(found.value);
							}}
						/>
						<ChoiceMenu
							label={t('Dataset')}
							value={String(shown?.id ?? '')}
							options={all.map(({ id: datasetId, name, latest }) => ({
								value: String(datasetId),
								words: name,
								detail: formatCount(latest.samples),
							}))}
							onChange={(value) => {
								const next = all.find((one) => String(one.id) === value);
								if (next === undefined) return;
								const { id: versionOf, samples: count } = next.latest;
								void promptPreview.choose({ id: next.id, versionId: versionOf, samples: count });
							}}
						/>
						<span className="text-xs text-ink-2 tabular-nums">
							{total === 0
								? ''
								: t('{number} of {total}', { number: formatCount(index + 1), total: formatCount(total) })}
						</span>
						<span className="-mr-1 flex">
							<IconButton
								icon={ChevronUp}
								size="sm"
								label={t('Previous sample')}
								keys="K"
								blocked={index === 0 ? t('This is the first sample') : undefined}
								onClick={() => void promptPreview.step(-1)}
							/>
							<IconButton
								icon={ChevronDown}
								size="sm"
								label={t('Next sample')}
								keys="J"
								blocked={index >= total - 1 ? t('This is the last sample') : undefined}
								onClick={() => void promptPreview.step(1)}
							/>
						</span>
					</>
				)}
			</div>
			{all.length === 0 ? (
				<p className="text-ink-3">{t('Add samples to a dataset to preview the prompt with them.')}</p>
			) : content.template.trim() === '' ? (
				<p className="text-ink-3">{t('Write a prompt to see what the model gets for each sample.')}</p>
			) : failure !== null ? (
				<FailureCard title={t('Couldn’t fill in the prompt')} failure={failure} />
			) : preview === null ? null : (
				<>
					{preview.missing.length > 0 ? (
						<Warning>
							<Trans
								text="This sample has no {variables}. Choose another dataset, or import one with {count, plural, one {that column} other {those columns}}."
								values={{
									variables: preview.missing.map((name, at) => (
										<Fragment key={name}>
											{at === 0 ? '' : ', '}
											<code className="font-mono text-xs">{`{{${name}}}`}</code>
										</Fragment>
									)),
									count: preview.missing.length,
								}}
							/>
						</Warning>
					) : null}
					{preview.warnings.map((warning) => (
						<Warning key={warning}>{warning}</Warning>
					))}
					{preview.request === null ? null : (
						<div className="overflow-hidden rounded-lg border border-line">
							<RequestView request={preview.request} />
						</div>
					)}
					{sample?.target == null ? null : (
						<p className="flex items-baseline gap-2 text-xs">
							<span className="flex-none text-ink-3">{t('Target')}</span>
							<span className="foreign min-w-0 font-mono" dir="auto">
								{sample.target.slice(0, 600)}
							</span>
						</p>
					)}
					{preview.request?.kind === 'generate' ? <TrialAnswer request={preview.request} /> : null}
				</>
			)}
		</section>
	);
}

function Warning({ children }: { children: React.ReactNode }) {
	return (
		<p className="flex items-start gap-1.5 text-xs text-warn">
			<Icon of={TriangleAlert} size={14} className="mt-0.5" />
			<span>{children}</span>
		</p>
	);
}
