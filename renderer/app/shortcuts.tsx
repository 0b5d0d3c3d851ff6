import { useStore } from 'zustand';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { Kbd } from '../design/kbd.tsx';
import { useServices } from '../services.ts';
import { fixedKeys, shortcuts } from './keyboard/shortcuts.ts';
import { keysOf } from './keys.ts';

/** Every key, in one place. */
export function Shortcuts() {
	const { layout } = useServices();
	const open = useStore(layout.state, (state) => state.shortcuts);
	const close = () => layout.set({ shortcuts: false });
	return (
		<Dialog
			open={open}
			onClose={close}
			title="Keys"
			width={868}
			actions={
				<>
					<Button
						onClick={() => {
							close();
							layout.go({ section: 'settings', part: 'keyboard' });
						}}
					>
						Change keys
					</Button>
					<Button onClick={close}>Close</Button>
				</>
			}
		>
			<dl className="mt-3 columns-3 gap-x-8 max-[52rem]:columns-2 max-[36rem]:columns-1">
				{rows().map(({ label, keys }) => (
					<div key={label} className="flex min-h-6.5 break-inside-avoid items-center justify-between gap-3">
						<dt className="text-ink-2">{label}</dt>
						<dd>{keys === '' ? <span className="text-ink-3">none</span> : <Kbd>{keys}</Kbd>}</dd>
					</div>
				))}
			</dl>
		</Dialog>
	);
}

function rows(): readonly { label: string; keys: string }[] {
	return [...shortcuts.map(({ id, label }) => ({ label, keys: keysOf(id) })), ...fixedKeys];
}
