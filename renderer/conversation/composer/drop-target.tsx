import { Paperclip } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { Icon } from '../../design/icon.tsx';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { findAttachmentPlace } from './attachment-store.ts';

/** While files are dragged over the window, shows that the conversation accepts them anywhere. */
export function DropTarget() {
	const { attachments, thread } = useServices();
	const mark = useRef<HTMLSpanElement>(null);
	const [over, setOver] = useState<DOMRect | null>(null);
	useEffect(() => {
		const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
		function drag(event: DragEvent): void {
			if (!hasFiles(event)) return;
			// Otherwise the browser would leave the page and open the file.
			event.preventDefault();
			if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
			setOver((before) => before ?? mark.current?.closest('main')?.getBoundingClientRect() ?? null);
		}
		function leave(event: DragEvent): void {
			// No related target means that the pointer left the window; moving between elements has one.
			if (event.relatedTarget === null) setOver(null);
		}
		function drop(event: DragEvent): void {
			if (!hasFiles(event)) return;
			event.preventDefault();
			setOver(null);
			const place = findAttachmentPlace(thread.state.getState());
			if (place !== null) void attachments.add(place, [...(event.dataTransfer?.files ?? [])]);
		}
		const listeners = { dragenter: drag, dragover: drag, dragleave: leave, drop } as const;
		for (const [name, listener] of Object.entries(listeners))
			globalThis.addEventListener(name as keyof typeof listeners, listener);
		return () => {
			for (const [name, listener] of Object.entries(listeners))
				globalThis.removeEventListener(name as keyof typeof listeners, listener);
		};
	}, [attachments, thread]);
	return (
		<>
			<span ref={mark} hidden />
			{over === null
				? null
				: createPortal(
						<div
							aria-hidden
							style={{ top: over.top, left: over.left, width: over.width, height: over.height }}
							className="pointer-events-none fixed z-30 grid place-items-center rounded-lg bg-[color-mix(in_oklab,var(--surface)_82%,transparent)] p-3"
						>
							<div className="grid size-full place-items-center rounded-lg border-2 border-dashed border-accent">
								<p className="flex items-center gap-2 text-md font-medium">
									<Icon of={Paperclip} className="text-accent-ink" />
									{t('Drop to attach: text, code, Markdown, CSV, PDF')}
								</p>
							</div>
						</div>,
						document.body,
					)}
		</>
	);
}
