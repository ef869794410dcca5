import classes from './SetupSteps.module.css';

/** How to get to a first row: what to do, and the command that does it. */
export function SetupSteps(props: {
  intro: string;
  steps: Array<{ text: string; command: string }>;
}) {
  const { intro, steps } = props;
  return (
    <>
      <p>{intro}</p>
      <ol className={classes.steps}>
        {steps.map(({ text, command }) => (
          <li key={command}>
            {text}
            <code className={classes.command}>{command}</code>
          </li>
        ))}
      </ol>
    </>
  );
}
