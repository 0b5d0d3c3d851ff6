import { FlaskConical } from 'lucide-react';
import { Button } from '../../design/button.tsx';
import { evaluateSystemPrompt } from '../../prompt/evaluate-prompt.ts';
import { useServices } from '../../services.ts';

/** Where the loop starts: the system prompt of this conversation, measured on samples instead of one question. */
export function EvaluatePrompt({ system }: { system: string }) {
	const services = useServices();
	return (
		<div className="flex-none border-t border-line px-4 py-3">
			<Button icon={FlaskConical} className="w-full" onClick={() => void evaluateSystemPrompt(services, system)}>
				Evaluate this prompt
			</Button>
		</div>
	);
}
