import { ArrowUp, Square } from 'lucide-react';
import { useLayoutEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { runOrToast } from '../../app/run-or-toast.ts';
import { Button } from '../../design/button.tsx';
import { Icon } from '../../design/icon.tsx';
import { Tooltip } from '../../design/tooltip.tsx';
import { t } from '../../messages/t.ts';
import { ComposerPrompt } from '../../prompt/composer-prompt.tsx';
import { useServices } from '../../services.ts';
import { ComposerDocuments } from '../documents/composer-documents.tsx';
import { DocumentsButton } from '../documents/documents-button.tsx';
import { useHashChoice } from '../documents/use-hash-choice.tsx';
import { isWriting, shownMessages } from '../thread/thread-state.ts';
import { AdditionalModelsMenu } from './additional-models-menu.tsx';
import { AttachButton } from './attach-button.tsx';
import { PendingAttachments } from './attachments.tsx';
import { ComposerNotice } from './composer-notice.tsx';
import { ContextMeter } from './context-meter.tsx';
import { shownDraftKey } from './draft-store.ts';
import { DropTarget } from './drop-target.tsx';
import { ModelChip } from './model-chip.tsx';
import { ToolPicker } from './tool-picker.tsx';
import { usePaste } from './use-paste.ts';
import { type Sending, useSend } from './use-send.ts';

/**
 * Longest draft with fine typography, in characters. A longer one fills the composer anyway, and the browser would
 * shape all of it again on every key.
 */
const longDraft = 20_000;

/**
 * The message field: grows with its text, Enter sends, Shift Enter breaks the line, Up in an empty field edits the last
 * message.
 */
export function Composer() {
	const services = useServices();
	const { thread, drafts, layout } = services;
	const key = useStore(thread.state, (state) => shownDraftKey(state));
	const long = useStore(drafts.state, (all) => (all[key] ?? '').length > longDraft);
	const area = useRef<HTMLTextAreaElement>(null);
	const paste = usePaste();
	const sending = useSend(key);
	const hash = useHashChoice(area, key);
	// Not a controlled field: React would write a long draft into the DOM on every key, which takes 200 ms for a
	// megabyte.
	useLayoutEffect(() => {
		const show = () => {
			const text = drafts.state.getState()[key] ?? '';
			if (area.current !== null && area.current.value !== text) area.current.value = text;
		};
		show();
		return drafts.state.subscribe(show);
	}, [drafts, key]);

	function editLast(): boolean {
		const last = shownMessages(thread.state.getState()).findLast(({ role }) => role === 'user');
		if (last === undefined) return false;
		layout.set({ editing: last.id });
		return true;
	}

	return (
		<div className="flex-none px-6 pb-4">
			<div className="@container mx-auto max-w-[calc(var(--reading)+24px)]">
				<DropTarget />
				<ComposerNotice />
				{hash.list}
				{/* biome-ignore lint/a11y/noStaticElementInteractions: a click beside the text means the text, as in any text field */}
				{/* biome-ignore lint/a11y/useKeyWithClickEvents: the text field itself is reachable by keyboard */}
				<div
					onClick={(event) => {
						if (event.target === event.currentTarget) area.current?.focus();
					}}
					className="rounded-xl border border-control bg-raised px-2 pt-[11px] pb-2 shadow-sheet transition-colors duration-(--fast) focus-within:border-accent"
				>
					<ComposerPrompt />
					<ComposerDocuments />
					<PendingAttachments
						onText={(text) => {
							const before = drafts.state.getState()[key] ?? '';
							drafts.set(key, before === '' ? text : `${before}\n\n${text}`);
							area.current?.focus();
						}}
					/>
					<textarea
						ref={area}
						data-composer
						data-region-focus
						aria-label={t('Message')}
						placeholder={t('Write a message')}
						dir="auto"
						rows={1}
						{...hash.field}
						onChange={(event) => {
							drafts.set(key, event.target.value);
							hash.look();
						}}
						onSelect={hash.look}
						onPaste={paste.onPaste}
						onKeyDown={(event) => {
							if (hash.onKeyDown(event)) return;
							paste.onKeyDown(event);
							if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
								event.preventDefault();
								sending.submit();
							} else if (event.key === 'ArrowUp' && event.currentTarget.value === '' && editLast()) {
								event.preventDefault();
							}
						}}
						className={`mb-[11px] block max-h-[calc(0.38*var(--window-height))] ${long ? 'h-[calc(0.38*var(--window-height))] tracking-normal [font-optical-sizing:none] [text-rendering:optimizeSpeed]' : 'field-sizing-content'} min-h-6 w-full resize-none bg-transparent px-2 text-md outline-none`}
					/>
					<div className="group/row flex items-center gap-1">
						<ModelChip />
						<AttachButton />
						<ToolPicker />
						<DocumentsButton />
						<AdditionalModelsMenu />
						<span className="flex-1" />
						<ContextMeter />
						<SendOrStop {...sending} />
					</div>
				</div>
			</div>
		</div>
	);
}

function SendOrStop({ blocked, waiting, submit }: Sending) {
	const services = useServices();
	const { thread } = services;
	const writing = useStore(thread.state, isWriting);
	const sending = useStore(thread.outgoing, ({ status }) => status === 'sending');
	if (writing) {
		return (
			<button
				type="button"
				onClick={() => void runOrToast(services, thread.stop)}
				className="inline-flex h-7 items-center gap-1.5 rounded-[8px] bg-ink pr-[11px] pl-2.5 font-medium text-surface hover:bg-[color-mix(in_oklab,var(--ink),var(--surface)_14%)]"
			>
				<Icon of={Square} size={12} className="fill-current" />
				{t('Stop')}
			</button>
		);
	}
	const button = (
		<Button
			kind="primary"
			className="h-7! rounded-[8px]!"
			icon={ArrowUp}
			busy={sending ? t('Sending') : waiting ? t('Sends when ready') : undefined}
			blocked={waiting ? undefined : (blocked ?? undefined)}
			onClick={submit}
		>
			{t('Send')}
		</Button>
	);
	return blocked !== null || sending || waiting ? (
		button
	) : (
		<Tooltip text={t('Send')} keys="Enter">
			{button}
		</Tooltip>
	);
}
