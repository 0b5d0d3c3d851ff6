import { Split } from 'lucide-react';
import { useStore } from 'zustand';
import { Icon } from '../../design/icon.tsx';
import { useServices } from '../../services.ts';

/** Under the head of a conversation that was branched off: where from, and the way there. */
export function OriginLine() {
	const { layout, thread } = useServices();
	const origin = useStore(thread.state, (state) => (state.status === 'ready' ? state.origin : null));
	if (origin === null) return null;
	return (
		<p className="flex flex-none items-center gap-1.5 border-b border-line px-5 py-1.5 text-xs text-ink-2">
			<Icon of={Split} size={14} className="text-ink-3" />
			<span className="flex-none">Branched from</span>
			<a
				href={`#/chat/${origin.conversationId}`}
				className="truncate text-accent-ink no-underline hover:underline"
				onClick={(event) => {
					event.preventDefault();
					layout.set({ target: origin.messageId });
					layout.go({ section: 'chat', conversationId: origin.conversationId });
				}}
			>
				{origin.title}
			</a>
		</p>
	);
}
