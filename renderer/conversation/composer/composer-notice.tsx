import { CircleAlert, Info, type LucideIcon, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { runOrToast } from '../../app/run-or-toast.ts';
import { Button } from '../../design/button.tsx';
import { formatCount } from '../../design/format.ts';
import { Icon } from '../../design/icon.tsx';
import { NoTemplateActions } from '../../library/no-template-actions.tsx';
import { sentences } from '../../messages/sentences.ts';
import { t } from '../../messages/t.ts';
import { Trans } from '../../messages/trans.tsx';
import { useServices } from '../../services.ts';
import { focusComposer, sendDraft } from '../actions.ts';
import { shownMessages } from '../thread/thread-state.ts';
import { useAnswerSettings } from '../use-answer-settings.ts';
import { useChosenModel } from '../use-chosen-model.ts';
import { findAttachmentPlace } from './attachment-store.ts';
import { describeDroppedMessages, describeExcess, describeLargestFile, findLargerContext } from './context-wording.ts';
import { findLargestFile, replaceByPassages, replacePending, shortenPending } from './fit-attachment.ts';
import { TooLongChoices } from './too-long-choices.tsx';

/** Notice above the composer: what blocks the next message, and how to resolve it. */
export function ComposerNotice() {
	const services = useServices();
	const { layout, models, thread, tokenCount } = services;
	const outgoing = useStore(thread.outgoing);
	const tooLong = useStore(tokenCount.state, ({ known }) => known !== null && known.excess > 0);
	const status = useStore(models.state, (state) => state.status);
	const { model, state } = useChosenModel();
	const saidAbove = useStore(thread.state, (now) => shownMessages(now).at(-1)?.failure?.message ?? null);
	if (outgoing.status === 'failed' && !(tooLong && outgoing.failure.code === 'prompt-too-long')) {
		return (
			<Notice
				icon={TriangleAlert}
				tone="bad"
				actions={
					<>
						<Button size="sm" onClick={() => void sendDraft(services)}>
							{t('Try again')}
						</Button>
						<Button size="sm" kind="ghost" onClick={thread.clearFailure}>
							{t('Dismiss')}
						</Button>
					</>
				}
			>
				<b className="font-medium text-ink">{t('Not sent.')}</b> {outgoing.failure.message}{' '}
				{sentences(outgoing.failure.next)}
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
						{t('Download a model')}
					</Button>
				}
			>
				<Trans
					text="<b>No model on this computer yet.</b> Your draft is kept until you add one."
					values={{ b: (words) => <b className="font-medium text-ink">{words}</b> }}
				/>
			</Notice>
		);
	}
	if (model.problem !== null) {
		return (
			<Notice icon={TriangleAlert} tone="bad" actions={<OpenModels />}>
				<b className="font-medium text-ink">{t('{name} can’t be used.', { name: model.name })}</b>{' '}
				{model.problem.message}
			</Notice>
		);
	}
	if (!model.chat) {
		return (
			<Notice icon={CircleAlert} tone="warn" choices={<NoTemplateActions model={model} />}>
				<Trans
					text="<b>{name} has no chat template.</b> It is a base model, not trained to chat. Choose a template to chat anyway, or let it continue your text on a page."
					values={{ b: (words) => <b className="font-medium text-ink">{words}</b>, name: model.name }}
				/>
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
						{t('Reload')}
					</Button>
				}
			>
				<b className="font-medium text-ink">{t('{name} stopped working.', { name: model.name })}</b>{' '}
				{state.failure.message} {state.failure.next[0] === undefined ? null : `${state.failure.next[0]}.`}
			</Notice>
		);
	}
	return <OverflowNotice />;
}

function OpenModels() {
	const { layout } = useServices();
	return (
		<Button size="sm" onClick={() => layout.go({ section: 'models' })}>
			{t('Show models')}
		</Button>
	);
}

/** Warns before sending about messages that no longer fit the context, and offers what makes the next one fit. */
function OverflowNotice() {
	const services = useServices();
	const { attachments, tokenCount, thread } = services;
	const place = useStore(thread.state, findAttachmentPlace);
	const pending = useStore(attachments.state, (all) => (place === null ? undefined : all[place]));
	const known = useStore(tokenCount.state, (state) => state.known);
	const { options } = useAnswerSettings();
	const { model } = useChosenModel();
	if (known === null) return null;
	const tooLong = describeExcess(known);
	const words = tooLong ?? describeDroppedMessages(known);
	if (words === null) return null;
	const larger = findLargerContext(known, model?.contextLength ?? null);
	const files = (pending ?? []).flatMap((one) => (one.status === 'ready' ? one : []));
	const largest =
		tooLong === null
			? null
			: findLargestFile(
					files.map(({ attachment }) => attachment),
					known,
				);
	const key = files.find(({ attachment }) => attachment === largest?.attachment)?.key;
	return (
		<Notice
			icon={tooLong === null ? Info : TriangleAlert}
			tone={tooLong === null ? 'warn' : 'bad'}
			polite
			actions={
				larger === null ? null : (
					<Button size="sm" onClick={() => thread.setOptions({ ...options, contextSize: larger }, options)}>
						{t('Use a context of {size}', { size: formatCount(larger) })}
					</Button>
				)
			}
			choices={
				largest === null || key === undefined || place === null ? null : (
					<TooLongChoices
						file={largest}
						tokens={known}
						// The notice goes away with the pressed button: the person goes on in the message.
						onShorten={() => shortenPending(services, place, key).finally(focusComposer)}
						onPassages={
							place === 'temporary'
								? null
								: () => replaceByPassages(services, place, key, options).finally(focusComposer)
						}
						onPart={(part, whole) => void replacePending(services, place, { key, part, whole }).finally(focusComposer)}
						onRemove={() => void runOrToast(services, () => attachments.remove(place, key)).finally(focusComposer)}
					/>
				)
			}
		>
			{words}
			{largest === null ? null : ` ${describeLargestFile(largest, known)}`}
		</Notice>
	);
}

const tones = { bad: 'text-bad', warn: 'text-warn', plain: 'text-ink-3' };

function Notice({
	icon,
	tone,
	polite = tone !== 'bad',
	actions = null,
	choices = null,
	children,
}: {
	icon: LucideIcon;
	tone: keyof typeof tones;
	/** Changes while the user types, so it must not interrupt on every key. */
	polite?: boolean;
	actions?: ReactNode;
	/** Several actions, below the text. */
	choices?: ReactNode;
	children: ReactNode;
}) {
	return (
		<div
			role={polite ? 'status' : 'alert'}
			className="mb-2 flex items-start gap-2 rounded-lg border border-line bg-sunken py-2 pr-2 pl-3 text-ink-2"
		>
			<Icon of={icon} size={14} className={`mt-[5px] ${tones[tone]}`} />
			<div className="min-w-0 flex-1 py-[3px]">
				<p className="[overflow-wrap:anywhere]">{children}</p>
				{choices === null ? null : (
					<div className="mt-1.5 flex flex-wrap gap-1">
						{choices}
						{actions}
					</div>
				)}
			</div>
			{choices === null ? <div className="flex flex-none gap-1">{actions}</div> : null}
		</div>
	);
}
