import { RotateCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { ErrorBoundary, type FallbackProps } from 'react-error-boundary';
import { Button } from '../design/button.tsx';
import { t } from '../messages/t.ts';
import { useCopy } from './clipboard.ts';
import { describeFault } from './describe-fault.ts';

interface PartBoundaryProps {
	/** The part as a person would name it: "Compare", "the list of conversations". */
	readonly name: string;
	/** Another value draws the part again: it shows something else now. */
	readonly resetKey?: string | number | null;
	/** 'screen': the part holds the main landmark. 'corner': it is a dialog, say, and has no place of its own. */
	readonly place?: 'pane' | 'screen' | 'corner';
	readonly children: ReactNode;
}

/** Keeps a fault in one part of the page from taking the rest along: says what broke, and what to do. */
export function PartBoundary({ name, resetKey = null, place = 'pane', children }: PartBoundaryProps) {
	return (
		<ErrorBoundary
			resetKeys={[resetKey]}
			fallbackRender={(props) => <BrokenPart {...props} name={name} place={place} />}
		>
			{children}
		</ErrorBoundary>
	);
}

type BrokenPartProps = FallbackProps & Required<Pick<PartBoundaryProps, 'name' | 'place'>>;

function BrokenPart({ name, place, error, resetErrorBoundary }: BrokenPartProps) {
	const notice = (
		<BrokenNotice
			title={t('{part} can’t be shown', { part: `${name.charAt(0).toUpperCase()}${name.slice(1)}` })}
			advice={t('The rest of Assay still works, and your saved work is safe.')}
			part={name}
			heading={place === 'screen' ? 'h1' : 'h2'}
			error={error}
			onRetry={resetErrorBoundary}
		/>
	);
	const centred = 'grid min-h-0 min-w-0 flex-1 place-items-center overflow-auto p-6';
	switch (place) {
		case 'pane':
			return <div className={centred}>{notice}</div>;
		case 'screen':
			return (
				<main data-region className={centred}>
					{notice}
				</main>
			);
		case 'corner':
			return (
				<div className="fixed right-4 bottom-10 z-50 w-90 rounded-lg border border-line bg-raised p-4 shadow-menu">
					{notice}
				</div>
			);
	}
}

/** Shown in place of the whole page. */
export function BrokenPage({ error }: { error: unknown }) {
	return (
		<main className="grid h-full place-items-center px-6">
			<BrokenNotice
				title={t('Assay can’t be shown')}
				advice={t('Assay itself is still running, and your saved work is safe.')}
				part={t('the page')}
				heading="h1"
				error={error}
			/>
		</main>
	);
}

interface BrokenNoticeProps {
	readonly title: string;
	readonly advice: string;
	readonly part: string;
	readonly heading: 'h1' | 'h2';
	readonly error: unknown;
	readonly onRetry?: () => void;
}

function BrokenNotice({ title, advice, part, heading: Heading, error, onRetry }: BrokenNoticeProps) {
	const { copied, copy } = useCopy();
	const { message, details } = describeFault(part, error);
	return (
		<section role="alert" aria-label={title} className="w-full max-w-120">
			<Heading className="text-lg font-semibold">{title}</Heading>
			<p className="mt-1.5 text-ink-2 [overflow-wrap:anywhere]">
				{t('This is a bug in Assay: {message}. {advice}', { message, advice })}
			</p>
			<div className="mt-4 flex flex-wrap gap-2">
				<Button kind="primary" icon={RotateCw} onClick={() => location.reload()}>
					{t('Reload')}
				</Button>
				{onRetry === undefined ? null : (
					<Button kind="secondary" onClick={onRetry}>
						{t('Try again')}
					</Button>
				)}
				<Button kind="ghost" onClick={() => copy(details)}>
					{copied ? t('Copied') : t('Copy details')}
				</Button>
			</div>
		</section>
	);
}
