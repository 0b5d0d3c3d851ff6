import { Check, Copy } from 'lucide-react';
import { type ReactNode, useRef } from 'react';
import { Button } from '../../design/button.tsx';
import { Scroller } from '../../design/scroller.tsx';
import { useCopy } from './use-copy.ts';

/** Code in a well: language at the left, Copy at the right. Long lines scroll; the page does not. */
export function CodeBlock({ language, children }: { language: string | null; children: ReactNode }) {
	const code = useRef<HTMLPreElement>(null);
	const { copied, copy } = useCopy();
	return (
		<figure className="code">
			<figcaption>
				<span className="min-w-0 flex-1 truncate">{language ?? 'text'}</span>
				<Button
					kind="ghost"
					size="sm"
					icon={copied ? Check : Copy}
					onClick={() => copy((code.current?.textContent ?? '').replace(/\n$/, ''))}
				>
					{copied ? 'Copied' : 'Copy'}
				</Button>
			</figcaption>
			<Scroller label={`Code, ${language ?? 'text'}`}>
				<pre ref={code}>{children}</pre>
			</Scroller>
		</figure>
	);
}
