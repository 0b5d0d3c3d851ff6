import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { AttachedText, Message, PromptTokens } from '../../../electron/contract/conversation/schema.ts';
import { runOrToast } from '../../app/run-or-toast.ts';
import { Button } from '../../design/button.tsx';
import { InlineEditor } from '../../design/inline-editor.tsx';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { focusComposer, sendEdited } from '../actions.ts';
import { EditedAttachments } from '../composer/attachments.tsx';
import { describeExcess, describeLargestFile } from '../composer/context-wording.ts';
import { findLargestFile, shortenToFit } from '../composer/fit-attachment.ts';
import type { EditedFile } from '../composer/token-count-store.ts';
import { TooLongChoices } from '../composer/too-long-choices.tsx';
import { isWriting } from './thread-state.ts';

/** Pause in typing before counting, ms. */
const pauseMs = 200;

/** Edits a user's message and its files in place. Sending creates a branch; the old one stays. */
export function UserMessageEditor({ message }: { message: Message }) {
	const services = useServices();
	const { layout, thread, tokenCount } = services;
	const { parentId } = message;
	const [text, setText] = useState(message.content);
	const [files, setFiles] = useState<readonly EditedFile[]>(() =>
		message.attachments.map((attachment) => ({ attachment })),
	);
	const sending = useStore(thread.outgoing, ({ status }) => status === 'sending');
	const writing = useStore(thread.state, isWriting);
	const tokens = useEditedTokens({ parentId, text, files });
	const tooLong = tokens === null ? null : describeExcess(tokens);
	const largest =
		tokens === null || tooLong === null
			? null
			: findLargestFile(
					files.map((one) => one.attachment),
					tokens,
				);
	const empty = text.trim() === '' && files.length === 0;
	const unchanged = text === message.content && files.length === message.attachments.length && files.every(isWhole);

	function close(): void {
		layout.set({ editing: null });
		focusComposer();
	}
	async function submit(): Promise<void> {
		if (empty || sending || writing) return;
		if (unchanged) return close();
		if (await sendEdited(services, message, { text, files })) close();
	}
	function replace(id: number, part: AttachedText): void {
		setFiles((now) => now.map((one) => (one.attachment.id === id ? toPart(one, part) : one)));
	}
	async function shorten(id: number, known: { tokens: number; excess: number }): Promise<void> {
		const file = files.find(({ attachment }) => attachment.id === id);
		if (file === undefined) return;
		await runOrToast(services, async () => {
			const whole = file.part ?? (await services.attachments.text(id));
			const cut = await shortenToFit(whole, known, async (part) => {
				const next = files.map((one) => (one === file ? toPart(one, part) : one));
				const { excess, attachmentTokens } = await tokenCount.measureEdited({ parentId, text, files: next });
				return { excess, tokens: attachmentTokens.find((one) => one.id === id)?.tokens ?? 0 };
			});
			if (cut !== null) replace(id, cut);
		});
	}

	return (
		<InlineEditor
			label={t('Edit your message')}
			value={text}
			onChange={setText}
			submits={(event) => event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing}
			onSubmit={() => void submit()}
			onClose={close}
			className="ml-auto w-full max-w-140"
			above={
				<EditedAttachments
					files={files}
					tokens={tokens}
					onRemove={(file) => setFiles((now) => now.filter((one) => one !== file))}
				/>
			}
		>
			{tooLong === null || tokens === null ? (
				<span className="flex-1 text-xs text-ink-3">
					{t('The first version is kept. Switch between versions with ‹ ›.')}
				</span>
			) : (
				<div className="w-full text-xs text-bad" role="status">
					{tooLong}
					{largest === null ? null : ` ${describeLargestFile(largest, tokens)}`}
					{largest === null ? null : (
						<div className="mt-1.5 flex flex-wrap gap-1">
							<TooLongChoices
								file={largest}
								tokens={tokens}
								onShorten={() => shorten(largest.attachment.id, { tokens: largest.tokens, excess: tokens.excess })}
								onPart={(part) => replace(largest.attachment.id, part)}
								onRemove={() => setFiles((now) => now.filter((one) => one.attachment !== largest.attachment))}
							/>
						</div>
					)}
				</div>
			)}
			<Button size="sm" kind="ghost" className={tooLong === null ? '' : 'ml-auto'} onClick={close}>
				{t('Cancel')}
			</Button>
			<Button
				size="sm"
				kind="primary"
				busy={sending ? t('Sending') : undefined}
				blocked={
					writing
						? t('An answer is being written')
						: empty
							? t('Write a message first')
							: tooLong !== null && tokens?.exact === true
								? tooLong
								: undefined
				}
				onClick={() => void submit()}
			>
				{t('Send')}
			</Button>
		</InlineEditor>
	);
}

const isWhole = ({ part }: EditedFile): boolean => part === undefined;

function toPart({ attachment }: EditedFile, part: AttachedText): EditedFile {
	const { name, pages, text } = part;
	return { attachment: { ...attachment, name, pages, characters: text.length }, part };
}

/** Counts the edited message in its place; null before the first count, and if it can't be counted. */
function useEditedTokens({
	parentId,
	text,
	files,
}: {
	parentId: number | null;
	text: string;
	files: readonly EditedFile[];
}): PromptTokens | null {
	const { tokenCount } = useServices();
	const [tokens, setTokens] = useState<PromptTokens | null>(null);
	useEffect(() => {
		let current = true;
		const timer = setTimeout(() => {
			tokenCount.measureEdited({ parentId, text, files }).then(
				(counted) => current && setTokens(counted),
				() => current && setTokens(null),
			);
		}, pauseMs);
		return () => {
			current = false;
			clearTimeout(timer);
		};
	}, [tokenCount, parentId, text, files]);
	return tokens;
}
