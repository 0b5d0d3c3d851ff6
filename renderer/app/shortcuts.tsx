import { useStore } from 'zustand';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { Kbd } from '../design/kbd.tsx';
import { useServices } from '../services.ts';
import { keysOf } from './keys.ts';

/** Every key, in one place. */
export function Shortcuts() {
	const { layout } = useServices();
	const open = useStore(layout.state, (state) => state.shortcuts);
	const close = () => layout.set({ shortcuts: false });
	return (
		<Dialog open={open} onClose={close} title="Keys" width={560} actions={<Button onClick={close}>Close</Button>}>
			<dl className="mt-3 grid grid-cols-2 gap-x-8 gap-y-1.5">
				{rows().map(([label, keys]) => (
					<div key={label} className="flex items-center justify-between gap-3">
						<dt className="text-ink-2">{label}</dt>
						<dd>
							<Kbd>{keys}</Kbd>
						</dd>
					</div>
				))}
			</dl>
		</Dialog>
	);
}

function rows(): [string, string][] {
	return [
		['Command palette', keysOf('palette')],
		['Send', 'Enter'],
		['New conversation', keysOf('new-conversation')],
		['New line', 'Shift Enter'],
		['Search conversations', keysOf('search')],
		['Stop the answer, close', 'Esc'],
		['Chat', keysOf('chat')],
		['Edit the last message', 'Up'],
		['Models', keysOf('models')],
		['Answer again', keysOf('answer-again')],
		['Settings', keysOf('settings')],
		['Copy the last answer', keysOf('copy-answer')],
		['Show or hide the list', keysOf('toggle-list')],
		['Previous version', keysOf('branch-previous')],
		['Show or hide the settings pane', keysOf('toggle-inspector')],
		['Next version', keysOf('branch-next')],
		['Next region', 'F6'],
		['Rename in the list', 'F2'],
		['All keys', keysOf('shortcuts')],
		['Move to trash in the list', 'Del'],
	];
}
