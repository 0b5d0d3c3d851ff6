import { useStore } from 'zustand';
import { runOrToast } from '../../app/run-or-toast.ts';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { shownConversationId } from '../thread/thread-state.ts';
import { describeOverflowUse, type ShownOverflow } from './overflow-policies.ts';
import { useSummaries } from './use-summaries.ts';

/** Stands in the thread where the newest prompt begins: what is before is summarised or left out. */
export function OverflowDivider({ use }: Pick<ShownOverflow, 'use'>) {
	const services = useServices();
	const { thread, summaries, connection } = services;
	const id = useStore(thread.state, shownConversationId);
	const { data } = useSummaries(id, use.summary === null ? null : '');
	const making = data?.making?.problem === null ? data.making : null;
	const line = <span aria-hidden className="h-px min-w-4 flex-1 bg-line-strong" />;
	const link = 'rounded-xs font-medium text-accent-ink hover:underline';
	return (
		<section
			aria-label={t('Where the context begins')}
			className="mb-3.5 flex items-center gap-3 text-xs text-ink-3 tabular-nums"
		>
			{line}
			<p className="text-center text-balance">
				{describeOverflowUse(use)}
				{use.summary === null || id === null ? null : (
					<span className="mt-0.5 flex flex-wrap items-center justify-center gap-x-3">
						<button
							type="button"
							className={link}
							onClick={() => summaries.shown.setState({ conversationId: id, versionId: use.summary?.id ?? null }, true)}
						>
							{t('Read or edit')}
						</button>
						{making === null ? (
							<button
								type="button"
								className={link}
								onClick={() => void runOrToast(services, () => connection.client.summaries.make({ id }))}
							>
								{t('Make again')}
							</button>
						) : (
							<span>
								{making.state === 'waiting' ? t('A new version waits for its turn') : t('Making a new version…')}
							</span>
						)}
					</span>
				)}
			</p>
			{line}
		</section>
	);
}
