import { Columns2, CornerDownRight, X } from 'lucide-react';
import { memo } from 'react';
import { useStore } from 'zustand';
import type { Message } from '../../../electron/contract/conversation/schema.ts';
import { runOrToast } from '../../app/run-or-toast.ts';
import { Badge } from '../../design/badge.tsx';
import { Button, IconButton } from '../../design/button.tsx';
import { Icon } from '../../design/icon.tsx';
import { shortenModelName } from '../../library/model-name.ts';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { AnswerBody, Ending, noStream } from './answer.tsx';
import { AnswerRating } from './answer-rating.tsx';
import { AnswerStats } from './answer-stats.tsx';
import type { ShownVersions as Shown } from './answer-versions.ts';
import { formatStats } from './answer-wording.ts';
import { LiveStatus } from './live-status.tsx';

/** All answers to one message side by side, wider than the reading column; the user picks one to continue with. */
export function SideBySide({ shown, current }: { shown: Shown; current: number }) {
	const { thread } = useServices();
	return (
		<section
			aria-label={t('Answers side by side')}
			className="relative left-1/2 flex w-[min(100cqi,76rem)] -translate-x-1/2 flex-col gap-2"
		>
			<header className="flex items-center gap-2 text-xs text-ink-2">
				<Icon of={Columns2} size={14} className="text-ink-3" />
				<span className="flex-1">
					{t('{count, plural, one {# answer} other {# answers}} to the same message', { count: shown.answers.length })}
				</span>
				<IconButton icon={X} label={t('Show one answer')} size="sm" onClick={thread.versions.close} />
			</header>
			<ul className="grid grid-cols-[repeat(auto-fit,minmax(min(16.5rem,100%),1fr))] items-start gap-3">
				{shown.answers.map((answer) => (
					<Column key={answer.id} answer={answer} current={answer.id === current} />
				))}
			</ul>
		</section>
	);
}

const Column = memo(function Column({ answer, current }: { answer: Message; current: boolean }) {
	const services = useServices();
	const { thread } = services;
	const live = useStore(thread.generations.state, (lives) => lives.get(answer.id));
	const writing = answer.status === 'streaming';
	const begun = useStore(live?.state ?? noStream, ({ phase }) => phase === 'writing') || answer.content !== '';
	const name = answer.generation === null ? t('Answer') : shortenModelName(answer.generation.modelName);
	function choose(): void {
		void runOrToast(services, async () => {
			if (!current) await thread.selectBranch(answer.id);
			thread.versions.close();
		});
	}
	return (
		<li className="flex min-w-0 flex-col rounded-lg border border-line bg-surface">
			<header className="flex h-9 items-center gap-2 border-b border-line pr-2 pl-3">
				<h2 className="min-w-0 truncate font-medium">{name}</h2>
				<span className="text-xs text-ink-3">{answer.generation?.quantization}</span>
				<span className="flex-1" />
				{current ? <Badge tone="accent">{t('On this branch')}</Badge> : null}
			</header>
			<article
				aria-label={writing ? t('{name}, answer being written', { name }) : t('{name}, answer', { name })}
				aria-busy={writing || undefined}
				className="flex flex-col gap-[9px] px-3 pt-2.5 pb-2"
			>
				<AnswerBody message={answer} live={writing ? live : undefined} />
				{writing ? (
					<LiveStatus live={live} />
				) : (
					<>
						<Ending message={answer} last={false} />
						<p className="text-xs tracking-normal text-balance text-ink-3 tabular-nums">
							<AnswerStats stats={formatStats(answer)} />
						</p>
					</>
				)}
			</article>
			<footer className="mt-auto flex flex-wrap items-center gap-0.5 border-t border-line px-2 py-1.5">
				{writing || answer.content === '' ? null : <AnswerRating messageId={answer.id} />}
				<span className="flex-1" />
				<Button
					size="sm"
					icon={CornerDownRight}
					aria-label={t('Continue with this: {name}', { name })}
					blocked={writing && !begun ? t('This answer has not started yet') : undefined}
					onClick={choose}
				>
					{t('Continue with this')}
				</Button>
			</footer>
		</li>
	);
});
