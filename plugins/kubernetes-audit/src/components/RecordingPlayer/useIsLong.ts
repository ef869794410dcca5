import { useEffect, useState } from 'react';

/** What is over within so many milliseconds is not announced. */
const LONG_AFTER = 350;

/** Whether the component has been there for long: what is short is better not drawn, for what it waits for would come later. */
export function useIsLong(): boolean {
  const [isLong, setIsLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsLong(true), LONG_AFTER);
    return () => clearTimeout(timer);
  }, []);
  return isLong;
}
