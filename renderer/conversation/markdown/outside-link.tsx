import { Copy, ExternalLink } from 'lucide-react';
import { type MouseEvent, type ReactNode, useRef, useState } from 'react';
import { useCopy } from '../../app/clipboard.ts';
import { toFailure } from '../../connection/failure.ts';
import { openOutside } from '../../connection/open-outside.ts';
import { getWindowBridge } from '../../connection/window-bridge.ts';
import { Button } from '../../design/button.tsx';
import { AnchoredPopover } from '../../design/popover.tsx';
import { t } from '../../messages/t.ts';

/**
 * A link that leads out of Assay. A click shows the whole address first, because the text of a link may claim another;
 * only a second click, on the button, opens it.
 */
export function OutsideLink({ address, children }: { address: string; children: ReactNode }) {
	const link = useRef<HTMLAnchorElement>(null);
	const [asking, setAsking] = useState(false);
	/** An answer may have thousands of links: only those that were clicked have a question. */
	const [wasClicked, setWasClicked] = useState(false);
	function ask(event: MouseEvent): void {
		// Also for the middle button and with Ctrl, which would open a tab at once.
		event.preventDefault();
		// A script's click, which no person made, shows nothing either.
		if (!event.isTrusted || event.button === 2) return;
		setWasClicked(true);
		setAsking(true);
	}
	return (
		<>
			<a
				ref={link}
				className="link"
				href={address}
				title={address}
				target="_blank"
				rel="noopener noreferrer nofollow"
				aria-haspopup="dialog"
				aria-expanded={asking}
				onClick={ask}
				onAuxClick={ask}
			>
				{children}
			</a>
			{wasClicked ? (
				<AnchoredPopover
					anchor={link}
					label={t('Open this address?')}
					align="start"
					width={380}
					open={asking}
					onOpenChange={setAsking}
				>
					<Question address={address} onDone={() => setAsking(false)} />
				</AnchoredPopover>
			) : null}
		</>
	);
}

function Question({ address, onDone }: { address: string; onDone: () => void }) {
	const { copied, copy } = useCopy();
	const [problem, setProblem] = useState<string | null>(null);
	const { before, host, after } = splitAddress(address);
	async function open(event: MouseEvent): Promise<void> {
		if (!event.isTrusted) return;
		try {
			if (await openOutside(address)) onDone();
		} catch (error) {
			setProblem(toFailure(error).message);
		}
	}
	return (
		<div className="flex flex-col gap-2.5">
			<p className="font-medium">{t('Open this address outside Assay?')}</p>
			<p
				dir="ltr"
				className="rounded-md bg-sunken px-2 py-1.5 font-mono text-xs text-ink-2 [overflow-wrap:anywhere]"
				translate="no"
			>
				{before}
				<b className="font-semibold text-ink">{host}</b>
				{after}
			</p>
			{addressWarnings(address).map((warning) => (
				<p key={warning} className="text-xs text-warn">
					{warning}
				</p>
			))}
			{problem === null ? null : (
				<p role="alert" className="text-xs text-bad">
					{problem}
				</p>
			)}
			<div className="flex justify-end gap-2">
				<Button size="sm" icon={Copy} onClick={() => copy(address)}>
					{copied ? t('Copied') : t('Copy address')}
				</Button>
				<Button size="sm" kind="primary" icon={ExternalLink} onClick={(event) => void open(event)}>
					{getWindowBridge() ? t('Open in browser') : t('Open in a new tab')}
				</Button>
			</div>
		</div>
	);
}

/** Splits an address around its host, the part that says whose page it is. */
export function splitAddress(address: string): { before: string; host: string; after: string } {
	const { protocol, host, href } = new URL(address);
	// The host never contains "@", and no "/" follows the scheme before the path: the authority ends at the first one.
	const authorityEnd = `${href}/`.indexOf('/', `${protocol}//`.length);
	const start = href.lastIndexOf('@', authorityEnd - 1) + 1 || `${protocol}//`.length;
	return { before: href.slice(0, start), host, after: href.slice(start + host.length) };
}

/** Says in which ways an address can mislead someone who reads it. */
export function addressWarnings(address: string): string[] {
	const { hostname, username, password } = new URL(address);
	const warnings: string[] = [];
	if (hostname.split('.').some((label) => label.startsWith('xn--'))) {
		warnings.push(
			t('The address contains letters of other scripts, shown here as “xn--…”. They can look like familiar ones.'),
		);
	}
	if (username !== '' || password !== '') {
		warnings.push(t('The part before “@” is not the website: the page is on {hostname}.', { hostname }));
	}
	return warnings;
}
