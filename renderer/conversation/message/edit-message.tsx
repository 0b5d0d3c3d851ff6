import { useState } from 'react';
import { useStore } from 'zustand';
import type { Message } from '../../../electron/contract/conversation.ts';
import { Button } from '../../design/button.tsx';
import { InlineEditor } from '../../design/field/inline-editor.tsx';
import { useServices } from '../../services.ts';
import { focusComposer, sendEdited } from '../actions.ts';
import { isWriting } from '../thread-state.ts';

/** An own message being changed in its place. Sending it begins a branch; the old one stays. */
export function UserMessageEditor({ message }: { message: Message }) {
	const services = useServices();
	const { layout, thread } = services;
	const [text, setText] = useState(message.content);
	const sending = useStore(thread.outgoing, ({ status }) => status === 'sending');
	const writing = useStore(thread.state, isWriting);
	function close(): void {
		layout.set({ editing: null });
		focusComposer();
	}
	async function submit(): Promise<void> {
		if (text.trim() === '' || sending || writing) return;
		if (text === message.content) return close();
		if (await sendEdited(services, message, text)) close();
	}
	return (
		<InlineEditor
			label="Edit your message"
			value={text}
			onChange={setText}
			submits={(event) => event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing}
			onSubmit={() => void submit()}
			onClose={close}
			className="ml-auto w-full max-w-140"
		>
			<span className="flex-1 text-xs text-ink-3">The first version stays; ‹ › switches between them.</span>
			<Button size="sm" kind="ghost" onClick={close}>
				Cancel
			</Button>
			<Button
				size="sm"
				kind="primary"
				busy={sending ? 'Sending' : undefined}
				blocked={writing ? 'An answer is being written' : text.trim() === '' ? 'There is nothing to send' : undefined}
				onClick={() => void submit()}
			>
				Send
			</Button>
		</InlineEditor>
	);
}
