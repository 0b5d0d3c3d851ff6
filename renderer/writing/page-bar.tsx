import { Check, CircleAlert, Eraser, PenLine, RotateCcw, Square } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { formatShortcut } from '../app/keyboard/key-bindings.ts';
import { formatCombination } from '../app/keyboard/key-combination.ts';
import { Button } from '../design/button.tsx';
import { formatPercent, formatRate } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Kbd } from '../design/kbd.tsx';
import { Spinner } from '../design/spinner.tsx';
import { loadStageLabels } from '../library/load-state.ts';
import { sentences } from '../messages/sentences.ts';
import { t } from '../messages/t.ts';
import { Trans } from '../messages/trans.tsx';
import { useServices } from '../services.ts';
import { PageMeter } from './page-meter.tsx';
import { PageModelMenu, usePageModel } from './page-model-menu.tsx';
import type { Writing, Written } from './page-store.ts';
import { nextSentences } from './spoken-text.ts';

/** Below the text: the model, what it does or did, the context, and the button that lets it continue. */
export function PageBar() {
	const { models, pages } = useServices();
	const writing = useStore(pages.state, (state) => state.writing);
	const written = useStore(pages.state, (state) => state.written);
	const conflict = useStore(pages.state, (state) => state.conflict);
	const status = useStore(models.state, (state) => state.status);
	const model = usePageModel();
	const blocked =
		status === 'loading'
			? t('The model list is still loading')
			: model === undefined
				? t('No model on this computer yet')
				: model.problem !== null
					? model.problem.message
					: conflict
						? t('First choose which version of the page to keep')
						: undefined;
	return (
		<div className="@container flex-none border-t border-line px-4 py-2.5">
			<Problem />
			<Announcements />
			<div className="flex flex-wrap items-center gap-2">
				<PageModelMenu />
				<div
					className={`flex min-w-0 flex-1 items-center gap-1 text-xs text-ink-2 ${writing === null && written !== null ? '@max-3xl:order-first @max-3xl:basis-full' : ''}`}
				>
					{writing !== null ? <Progress writing={writing} /> : written !== null ? <Outcome written={written} /> : null}
				</div>
				{writing === null && written !== null ? <span className="flex-1 @3xl:hidden" /> : null}
				<PageMeter />
				{writing === null ? (
					<Button kind="primary" icon={PenLine} blocked={blocked} onClick={() => void pages.continue()}>
						{t('Continue')}
						<Kbd className="border-transparent! bg-transparent! text-inherit! @max-lg:hidden">
							{formatCombination('Mod+Enter')}
						</Kbd>
					</Button>
				) : (
					<Button icon={Square} busy={writing.stopping ? t('Stopping') : undefined} onClick={() => void pages.stop()}>
						{t('Stop')}
						<Kbd className="@max-lg:hidden">Esc</Kbd>
					</Button>
				)}
			</div>
		</div>
	);
}

function Progress({ writing }: { writing: Writing }) {
	const { phase, completionTokens, tokensPerSecond } = writing;
	const words =
		phase === null
			? completionTokens === 0
				? t('Starting')
				: `${tokens(completionTokens)}${tokensPerSecond === null ? '' : ` · ${formatRate(tokensPerSecond)}`}`
			: phase.type === 'prompt'
				? t('Reading the text, {percent}', { percent: formatPercent(phase.processed / Math.max(1, phase.total)) })
				: `${loadStageLabels[phase.stage] ?? t('Loading the model')}${phase.fraction === null ? '' : `, ${formatPercent(phase.fraction)}`}`;
	return (
		<>
			<Spinner />
			<span className="truncate tabular-nums">{words}</span>
		</>
	);
}

const tokens = (count: number): string => t('{count, plural, one {# token} other {# tokens}}', { count });

function Outcome({ written: { result } }: { written: Written }) {
	const { pages } = useServices();
	const { completionTokens, tokensPerSecond, leftOutTokens } = result;
	const facts = [
		tokens(completionTokens),
		...(tokensPerSecond === null ? [] : [formatRate(tokensPerSecond)]),
		...(result.stopReason === 'context-full' ? [t('the context is full')] : []),
		...(leftOutTokens === 0
			? []
			: [t('{count, plural, one {first token} other {first # tokens}} left out', { count: leftOutTokens })]),
	];
	return (
		<>
			<Button size="sm" kind="ghost" icon={Check} onClick={pages.keep}>
				{t('Keep')}
			</Button>
			<Button
				size="sm"
				kind="ghost"
				icon={RotateCcw}
				title={formatShortcut('answer-again')}
				onClick={() => void pages.tryAgain()}
			>
				{t('Try again')}
			</Button>
			<Button size="sm" kind="ghost" icon={Eraser} onClick={pages.takeOut}>
				{t('Remove')}
			</Button>
			<span className="truncate pl-1 text-ink-3 tabular-nums">{facts.join(' · ')}</span>
		</>
	);
}

/** Why the model could not write, or that the page was changed elsewhere. */
function Problem() {
	const { pages } = useServices();
	const problem = useStore(pages.state, (state) => state.problem);
	const conflict = useStore(pages.state, (state) => state.conflict);
	if (!conflict && problem === null) return null;
	return (
		<div
			role="alert"
			className="mb-2 flex items-start gap-2 rounded-lg border border-line bg-sunken py-2 pr-2 pl-3 text-ink-2"
		>
			<Icon of={CircleAlert} size={14} className={`mt-[5px] ${conflict ? 'text-warn' : 'text-bad'}`} />
			<p className="min-w-0 flex-1 py-[3px] [overflow-wrap:anywhere]">
				{conflict ? (
					<Trans
						text="<b>This page was changed in another window.</b> Your text here is not saved yet."
						values={{ b: (words) => <b className="font-medium text-ink">{words}</b> }}
					/>
				) : (
					<>
						{problem?.message} {sentences(problem?.next ?? [])}
					</>
				)}
			</p>
			{conflict ? (
				<div className="flex flex-none gap-1">
					<Button size="sm" onClick={() => void pages.resolve('theirs')}>
						{t('Show the other version')}
					</Button>
					<Button size="sm" onClick={() => void pages.resolve('mine')}>
						{t('Keep this version')}
					</Button>
				</div>
			) : (
				<Button size="sm" onClick={() => void pages.continue()}>
					{t('Try again')}
				</Button>
			)}
		</div>
	);
}

/** Interval between announcements, ms. */
const announceMs = 1_500;

/** Tells screen readers what the model writes, by the sentence, and how it ended. */
function Announcements() {
	const { pages } = useServices();
	const id = useStore(pages.state, ({ writing }) => writing?.continuationId ?? null);
	const written = useStore(pages.state, (state) => state.written);
	const [said, setSaid] = useState('');
	useEffect(() => {
		if (id === null) return;
		setSaid(t('Writing'));
		let spoken = 0;
		const timer = setInterval(() => {
			const { writing } = pages.state.getState();
			const next = writing === null ? '' : nextSentences(writing.text, spoken);
			if (next === '') return;
			spoken += next.length;
			setSaid(next);
		}, announceMs);
		return () => clearInterval(timer);
	}, [id, pages]);
	useEffect(() => {
		if (written === null) return;
		const { text } = pages.state.getState();
		setSaid(t('Written: {text}', { text: text.slice(written.from, written.to) }));
	}, [written, pages]);
	return (
		<p aria-live="polite" className="sr-only">
			{said}
		</p>
	);
}
