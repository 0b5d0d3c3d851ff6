import { useStore } from 'zustand';
import type { OverflowPolicy } from '../../../electron/contract/conversation/overflow.ts';
import type { AnswerOptions, Preset } from '../../../electron/contract/conversation/schema.ts';
import { runOrToast } from '../../app/run-or-toast.ts';
import { Button } from '../../design/button.tsx';
import { ChangedDot } from '../../design/changed-dot.tsx';
import { Select } from '../../design/select.tsx';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { describePolicy, nameOfPolicy, overflowPolicies } from './overflow-policies.ts';
import { useSummaries } from './use-summaries.ts';

/** What happens once this conversation outgrows the context, and its summary. */
export function OverflowField({ options, preset }: { options: AnswerOptions; preset: Preset | null }) {
	const services = useServices();
	const { thread, settings } = services;
	const usual = useStore(settings.state, (state) => state.overflow);
	const inherited = preset?.overflow ?? usual;
	const policy = options.overflow ?? inherited;
	const storedId = useStore(thread.state, (now) => (now.status === 'ready' ? now.conversation.id : null));
	return (
		<section aria-label={t('When the context is full')} className="flex flex-col gap-2">
			<h3 className="flex items-center text-ink-2">
				{t('When the context is full')}
				{options.overflow === undefined || options.overflow === inherited ? null : <ChangedDot />}
			</h3>
			<Select<OverflowPolicy>
				label={t('When the context is full')}
				value={policy}
				onChange={(next) =>
					void runOrToast(services, () => thread.setOverflow(next === inherited ? null : next, options))
				}
				options={overflowPolicies.map((value) => ({ value, words: nameOfPolicy(value) }))}
			/>
			<p className="text-xs text-pretty text-ink-3">{describePolicy(policy)}</p>
			{policy === 'summary' && storedId !== null ? <SummaryLine id={storedId} /> : null}
		</section>
	);
}

function SummaryLine({ id }: { id: number }) {
	const services = useServices();
	const { summaries, connection, thread } = services;
	// Another branch has another summary.
	const last = useStore(thread.state, (now) => (now.status === 'ready' ? now.messages.at(-1)?.id : undefined));
	const { data } = useSummaries(id, String(last));
	if (data === undefined) return null;
	const active = data.versions.find((version) => version.id === data.activeId);
	const busy = data.making?.problem === null;
	return (
		<div className="flex flex-wrap items-center gap-2 text-xs">
			<span className="flex-1 text-ink-2">
				{active === undefined
					? t('No summary yet')
					: t('Version {number} covers {count, plural, one {# message} other {# messages}}', {
							number: active.number,
							count: active.messages,
						})}
			</span>
			{active === undefined ? (
				<Button
					size="sm"
					busy={busy ? t('Making a summary') : undefined}
					onClick={() => void runOrToast(services, () => connection.client.summaries.make({ id }))}
				>
					{t('Make a summary')}
				</Button>
			) : (
				<Button size="sm" onClick={() => summaries.shown.setState({ conversationId: id, versionId: active.id }, true)}>
					{t('Read or edit')}
				</Button>
			)}
		</div>
	);
}
