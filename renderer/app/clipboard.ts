import { useEffect, useRef, useState } from 'react';

/** How long "Copied" is shown, in ms. */
const shownMs = 1_600;

/** Copies text and briefly confirms it. */
export function useCopy(): { copied: boolean; copy: (text: string) => void } {
	const [copied, setCopied] = useState(false);
	const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
	useEffect(() => () => clearTimeout(timer.current), []);
	return {
		copied,
		copy(text) {
			void copyText(text).then((done) => {
				if (!done) return;
				setCopied(true);
				clearTimeout(timer.current);
				timer.current = setTimeout(() => setCopied(false), shownMs);
			});
		},
	};
}

/** Writes to the clipboard; falls back to a selection if the page has no permission for it. */
export async function copyText(text: string): Promise<boolean> {
	try {
		await navigator.clipboard.writeText(text);
		return true;
	} catch {
		const area = document.createElement('textarea');
		area.value = text;
		area.setAttribute('readonly', '');
		area.style.position = 'fixed';
		area.style.opacity = '0';
		document.body.append(area);
		area.select();
		const done = document.execCommand('copy');
		area.remove();
		return done;
	}
}
