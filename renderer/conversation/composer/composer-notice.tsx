import { CircleAlert, Info, type LucideIcon, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { Button } from '../../design/button.tsx';
import { formatCount } from '../../design/format.ts';
import { Icon } from '../../design/icon.tsx';
import { useServices } from '../../services.ts';
import { sendDraft } from '../actions.ts';
import { shownMessages } from '../thread/thread-state.ts';
import { useAnswerSettings } from '../use-answer-settings.ts';
import { useChosenModel } from '../use-chosen-model.ts';
import { describeDroppedMessages, describeExcess, findLargerContext } from './context-wording.ts';

/** Notice above the composer: what blocks the next message, and how to resolve it. */
export function ComposerNotice() {
	const services = useServices();
	const { layout, models, thread } = services;
	const outgoing = useStore(thread.outgoing);
	const status = useStore(models.state, (state) => state.status);
	const { model, state } = useChosenModel();
	const saidAbove = useStore(thread.state, (now) => shownMessages(now).at(-1)?.failure?.message ?? null);
	if (outgoing.status === 'failed') {
		return (
			<Notice
				icon={TriangleAlert}
				tone="bad"
				actions={
					<>
						<Button size="sm" onClick={() => void sendDraft(services)}>
							Try again
						</Button>
						<Button size="sm" kind="ghost" onClick={thread.clearFailure}>
							Dismiss
						</Button>
					</>
				}
			>
				<b className="font-medium text-ink">Not sent.</b> {outgoing.failure.message}{' '}
				{outgoing.failure.next.map((step) => `${step}.`).join(' ')}
			</Notice>
		);
	}
	if (status !== 'ready') return null;
	if (model === undefined) {
		return (
			<Notice
				icon={Info}
				tone="plain"
				actions={
					<Button size="sm" onClick={() => layout.go({ section: 'models' })}>
						Get a model
					</Button>
				}
			>
				<b className="font-medium text-ink">There is no model on this computer yet.</b> What you write here is kept
				until there is one.
			</Notice>
		);
	}
	if (model.problem !== null) {
		return (
			<Notice icon={TriangleAlert} tone="bad" actions={<OpenModels />}>
				<b className="font-medium text-ink">{model.name} cannot be used.</b> {model.problem.message}
			</Notice>
		);
	}
	if (!model.chat) {
		return (
			<Notice icon={CircleAlert} tone="warn" actions={<OpenModels />}>
				<b className="font-medium text-ink">{model.name} is a base model, not trained to chat.</b> It has no chat
				template, so it would only continue your text. Choose an instruct or chat model.
			</Notice>
		);
	}
	if (state?.state === 'unloaded' && state.failure !== null && state.failure.message !== saidAbove) {
		return (
			<Notice
				icon={TriangleAlert}
				tone="bad"
				actions={
					<Button size="sm" onClick={() => void models.load(model.id)}>
						Reload
					</Button>
				}
			>
				<b className="font-medium text-ink">{model.name} stopped working.</b> {state.failure.message}{' '}
				{state.failure.next[0] === undefined ? null : `${state.failure.next[0]}.`}
			</Notice>
		);
	}
	return <OverflowNotice />;
}

function OpenModels() {
	const { layout } = useServices();
	return (
		<Button size="sm" onClick={() => layout.go({ section: 'models' })}>
			Show models
		</Button>
	);
}

/** Warns before sending about messages that no longer fit the context. */
function OverflowNotice() {
	const { tokenCount, thread } = useServices();
	const known = useStore(tokenCount.state, (state) => state.known);
	const { options } = useAnswerSettings();
	const { model } = useChosenModel();
	if (known === null) return null;
	const tooLong = describeExcess(known);
	const words = tooLong ?? describeDroppedMessages(known);
	if (words === null) return null;
	const larger = findLargerContext(known, model?.contextLength ?? null);
	return (
		<Notice
			icon={tooLong === null ? Info : TriangleAlert}
			tone={tooLong === null ? 'warn' : 'bad'}
			polite
			actions={
				larger === null ? null : (
					<Button size="sm" onClick={() => thread.setOptions({ ...options, contextSize: larger }, options)}>
						Use {formatCount(larger)} tokens
					</Button>
				)
			}
		>
			{words}
		</Notice>
	);
}

const tones = { bad: 'text-bad', warn: 'text-warn', plain: 'text-ink-3' };

function Notice({
	icon,
	tone,
	polite = tone !== 'bad',
	actions,
	children,
}: {
	icon: LucideIcon;
	tone: keyof typeof tones;
	/** Changes while the user types, so it must not interrupt on every key. */
	polite?: boolean;
	actions: ReactNode;
	children: ReactNode;
}) {
	return (
		<div
			role={polite ? 'status' : 'alert'}
			className="mb-2 flex items-start gap-2 rounded-lg border border-line bg-sunken py-2 pr-2 pl-3 text-ink-2"
		>
			<Icon of={icon} size={14} className={`mt-[5px] ${tones[tone]}`} />
			<p className="min-w-0 flex-1 py-[3px] [overflow-wrap:anywhere]">{children}</p>
			<div className="flex flex-none gap-1">{actions}</div>
		</div>
	);
}
