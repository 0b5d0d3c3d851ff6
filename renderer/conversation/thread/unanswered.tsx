import { CornerDownRight } from 'lucide-react';
import { useStore } from 'zustand';
import { Button } from '../../design/button.tsx';
import { useServices } from '../../services.ts';
import { isWriting } from '../thread-state.ts';
import { useBlockedReason } from '../use-blocked-reason.ts';

/** A branch can end in a message that nobody has answered there: offers to have it answered. */
export function Unanswered() {
	const { thread } = useServices();
	const blocked = useBlockedReason();
	const question = useStore(thread.state, (state) => {
		if (state.status !== 'ready' || isWriting(state)) return null;
		const last = state.messages.at(-1);
		return last?.role === 'user' ? last.id : null;
	});
	const sending = useStore(thread.outgoing, ({ status }) => status === 'sending');
	if (question === null || sending) return null;
	return (
		<div className="mx-auto flex w-full max-w-[calc(var(--reading)+48px)] flex-none items-center justify-end gap-2 px-6 pb-3 text-xs text-ink-3">
			Not answered here yet
			<Button
				size="sm"
				icon={CornerDownRight}
				blocked={blocked ?? undefined}
				onClick={() => void thread.regenerate(question)}
			>
				Answer
			</Button>
		</div>
	);
}
