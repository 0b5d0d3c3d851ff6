import { ChevronDown, ChevronUp, TriangleAlert } from 'lucide-react';
import { Fragment, type KeyboardEvent, useEffect } from 'react';
import { useStore } from 'zustand';
import type { PromptContent } from '../../electron/contract/prompt/schema.ts';
import { IconButton } from '../design/button.tsx';
import { ChoiceMenu } from '../design/choice-menu.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatCount } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { useServices } from '../services.ts';
import type { PreviewTechnique } from './preview-store.ts';
import { RequestView } from './request-view.tsx';
import { TrialAnswer } from './trial-answer.tsx';

const techniques: readonly { value: PreviewTechnique; words: string }[] = [
	{ value: 'zero-shot', words: 'Zero-shot' },
	{ value: 'few-shot', words: '3 examples' },
	{ value: 'chain-of-thought', words: 'Chain of thought' },
];

/** The model's input for one sample, updated while the user writes; J and K move between samples. */
export function PreviewPane({ content }: { content: PromptContent }) {
	const { datasets, promptPreview } = useServices();
	const { index, preview, failure, sample, technique, total, versionId } = useStore(promptPreview.state);
	const all = useStore(datasets.state, (state) => state.datasets).filter(({ latest }) => latest.samples > 0);
	const first = all[0]?.latest.id ?? null;
	useEffect(() => {
		if (versionId === null && first !== null) void promptPreview.choose(first);
	}, [promptPreview, versionId, first]);
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
		<section aria-label="Preview" className="flex flex-col gap-2.5" onKeyDown={press}>
			<div className="flex flex-wrap items-center gap-2">
				<h2 className="text-xs font-medium text-ink-2">What the model is given</h2>
				<span className="flex-1" />
				{all.length === 0 ? null : (
					<>
						<ChoiceMenu
							label="Technique"
							value={technique}
							options={techniques}
							onChange={(value) => {
								const found = techniques.find((one) => one.value === value);
								if (found !== undefined) promptPreview.use(found.value);
							}}
						/>
						<ChoiceMenu
							label="Samples of"
							value={String(versionId ?? '')}
							options={all.map(({ name, latest }) => ({
								value: String(latest.id),
								words: name,
								detail: formatCount(latest.samples),
							}))}
							onChange={(value) => void promptPreview.choose(Number(value))}
						/>
						<span className="text-xs text-ink-2 tabular-nums">
							{total === 0 ? '' : `${formatCount(index + 1)} of ${formatCount(total)}`}
						</span>
						<span className="-mr-1 flex">
							<IconButton
								icon={ChevronUp}
								size="sm"
								label="Previous sample"
								keys="K"
								blocked={index === 0 ? 'This is the first' : undefined}
								onClick={() => void promptPreview.step(-1)}
							/>
							<IconButton
								icon={ChevronDown}
								size="sm"
								label="Next sample"
								keys="J"
								blocked={index >= total - 1 ? 'This is the last' : undefined}
								onClick={() => void promptPreview.step(1)}
							/>
						</span>
					</>
				)}
			</div>
			{all.length === 0 ? (
				<p className="text-ink-3">A dataset with samples shows here what each becomes.</p>
			) : failure !== null ? (
				<FailureCard title="The prompt could not be filled" failure={failure} />
			) : preview === null ? null : (
				<>
					{preview.missing.length > 0 ? (
						<Warning>
							This sample has no{' '}
							{preview.missing.map((name, at) => (
								<Fragment key={name}>
									{at === 0 ? '' : ', '}
									<code className="font-mono text-xs">{`{{${name}}}`}</code>
								</Fragment>
							))}
							: look at samples of another dataset, or import one with{' '}
							{preview.missing.length === 1 ? 'that column' : 'those columns'}.
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
							<span className="flex-none text-ink-3">Target</span>
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
