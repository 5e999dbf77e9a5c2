<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>BackendPanel</name>
    <message>
        <source>The backend</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Strategy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How the backend makes the operation idempotent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>V&amp;ariant</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One way to write the strategy, sound or broken</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Data&amp;base</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where the effects are stored</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ins&amp;tances</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Backend processes that share the submissions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 (broken)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>sound</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>broken by design</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Catalogue</name>
    <message>
        <source>No protection</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Direct</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every submission takes effect.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing. It is the baseline that everything else is compared with.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Any second submission: a double click, a retry after a time-out, a redelivered message.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The operation is idempotent by nature, such as setting a value or deleting by key.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check, then act</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looks for the row first; two that look at the same time both find nothing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A submission that starts after an earlier one has committed is recognised.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Two at the same time: both SELECT before either COMMIT. The processing delay widens the gap.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Never alone. As the check inside a lock it is right.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Front-end control</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Disable the button</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The client sends a click only once; the server accepts whatever arrives.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One click, one submission, from this window and while it is open.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whatever does not pass this button: a retry after a time-out, a redelivery, a second window, curl.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Always, for the person at the screen, and never as the only protection.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Form token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>DEL decides: whoever removed the token acts, everybody else is a duplicate.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At most one effect for each token, however many submissions race.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A crash after DEL loses the intent while the retry is told “duplicate”. A reloaded page has a new token and is a new intent. After a time-out nobody can say whether the first one succeeded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A person fills in a form, an occasional loss is repaired by filling it in again, and there is no natural key to put an index on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Get, then delete</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>GET decides and DEL claims: two can GET before either DEL.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A submission that starts after the token is gone is recognised.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Two at the same time: both see the token.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Never: the single DEL is shorter and right.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete last</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The token stays until the effect is committed, and lets everybody in until then.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No intent is lost: the token outlives a crash before the commit.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Two at the same time, and a crash between COMMIT and DEL: the retry acts again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only together with a unique index that catches what it lets through.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unique index</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Catch the violation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>INSERT under a unique index; the violation is the answer “duplicate”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One row for each key, whatever races, crashes or comes back days later.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A submission without a natural key. In PostgreSQL, statements after the violation in the same transaction: all fail with 25P02 until ROLLBACK.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is a natural key and the effect is in this database. The first choice.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On conflict do nothing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>INSERT … ON CONFLICT DO NOTHING RETURNING: no row comes back to the second one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One row for each key; the transaction stays usable after a conflict.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading a missing RETURNING row as an error. A conflict on some other index is silent too.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The insert is part of a larger transaction that must go on after a duplicate.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pessimistic lock</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lock, then check</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SELECT … FOR UPDATE, then check, then act: the others wait and then see that it is done.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One effect, as long as the check reads what earlier holders committed (READ COMMITTED).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A check before the lock, a snapshot older than the lock, a transaction that is open for long: everybody else waits.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Updates of one row that collide often, where waiting is cheaper than starting over.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A row lock does not guard an INSERT: there is no row yet to lock.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lock only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waits politely in line, then does it again: a lock serialises, it does not remember.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No two at the same time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every further submission. They queue, then all take effect.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Never for idempotency. It is right for updates that do not lose each other.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Repeatable read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The snapshot is taken before the lock is granted, so the check looks at the past.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A submission that starts after the first one&apos;s commit is recognised.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Two at the same time: the second waits for the lock and then reads its old snapshot.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Never in this form. Lock in READ COMMITTED, or use SERIALIZABLE and repeat on 40001.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is shown with pay-order, which inserts beside the locked row. Updating the locked row itself is refused under REPEATABLE READ (40001).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Optimistic lock</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Version from the form</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>UPDATE … WHERE version = the one that the form showed; the loser is told “conflict”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One effect for each state that a form has shown, without holding a lock while people think.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A client that answers “conflict” by reading the new version and sending again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Updates of rows that people edit in forms, where collisions are rare.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A version does not guard an INSERT: there is no row yet to compare with.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Version read by the server</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server reads the version itself: a later retry reads the new one and acts again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Of those that overlap, one wins.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A retry after the first one&apos;s commit, unless the status is checked too.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Against lost updates. Not against duplicates.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>State machine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Status guard</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>UPDATE … WHERE status &lt; PAID: the transition can be made once.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One transition, without a lock held while waiting and without a version to carry around.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A status that can go back. Reading “0 rows updated” as “duplicate” without looking.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The thing has a life of its own (created, paid, sent) and the operation is a step in it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A status does not guard an INSERT: the row has no status before it exists.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A stock count has no status that only grows.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Distributed lock</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Redis, with a lease</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SET NX PX, check, act, release if still the owner.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One at a time among all instances, while the holder is quicker than its lease.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A lease shorter than the work: a second one gets in, checks before the first commits, and acts.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The effect is outside the database (a message, a call). Add a fence or a unique index.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Redis, no expiry</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SET NX without a lease: a crash while holding blocks the intent for ever.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One at a time, however long it takes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A crash inside: everybody is told “busy” until a person deletes the key.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Never.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Redis, blind release</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Deletes the lock at the end without looking whose it is by then.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The same as with a lease, until the first lease runs out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>After an expiry it deletes its successor&apos;s lock and lets a third one in.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Never: an owner-checked release costs the same round trip.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Redis, no check</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Locks and acts: a lock serialises, it does not remember.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Of those that overlap, one acts; the others are told “busy”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every submission that comes after the release.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Never for idempotency.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Local lock</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In the process</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A mutex around check and act: once with one instance, a race with two.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One at a time within one process.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A second instance: deploy it and duplicates are back, without a line of code changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A tool that will only ever run as one process.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CodeView</name>
    <message>
        <source>Code of the strategy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file from which the chosen variant runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The code of the chosen variant appears here.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ComparePage</name>
    <message>
        <source>Compare</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not there yet. Every strategy will run the same load here, beside the unprotected baseline: what it let through, and what it cost.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Counters</name>
    <message>
        <source>rows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Effects, read back from the database</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>sent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Submissions that left for the backend</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>held back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clicks that the disabled button swallowed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>in flight</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Submissions without an answer yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Callers who were told this</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>p50 ms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Half of the answers came within this time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>p99 ms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>99 of 100 answers came within this time</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>EngineStrip</name>
    <message>
        <source>Engines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Starting the enginesN{HORIZONTAL ELLIPSIS}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ExplorePage</name>
    <message>
        <source>Explore</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not there yet. Every order in which two requests can run will be tried here on the real engines, with the shortest counterexample as a sequence diagram.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>IntentForm</name>
    <message>
        <source>The form</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Operation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The business operation of the intent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ne&amp;w</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New intent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A fresh number: the user wants something else (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Order &amp;no.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What makes two submissions the same intent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>book</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Item</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is ordered</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sub&amp;mit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Submit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One click, one submission (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>S&amp;pam</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Spam</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Submit the same intent as often as the number says (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Number of clicks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How often Spam submits the intent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Disable while in flight</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The page disables its button from a click until the answer; clicks meanwhile are held back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cance&amp;l</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop sending; what was sent is awaited (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Reset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Empty the tables and the keys (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answers received in this run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The number must have 1 to 64 printable characters.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The item must have 1 to 64 printable characters.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Request &amp;no.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Amount</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is paid</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quantity</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pieces that are added</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pieces that are ordered</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LabBridge</name>
    <message>
        <source>The lab is not running.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something unexpected happened (%1).</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LabPage</name>
    <message>
        <source>The button is disabled until the answer arrives.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The page has its answer; a new intent enables the button again.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>&amp;Lab</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Compare</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>E&amp;xplore</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pages</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Menu</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Submit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>S&amp;pam</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;New intent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Reset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Language</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;About Submit Twice</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;System</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Dark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The language changes when the window is opened next.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About Submit Twice</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Submit Twice %1. See and measure what happens when the same request arrives twice, on real servers.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The engines are not running.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Starting the enginesN{HORIZONTAL ELLIPSIS}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MessageBar</name>
    <message>
        <source>Message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Retr&amp;y</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Retry</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start the engines again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hide the message</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RepliesModel</name>
    <message>
        <source>Submission</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>HTTP</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Detail</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>held back</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Results</name>
    <message>
        <source>Rows in the database</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rows appear here as the database has them. Press Submit, or Spam, to make some.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answers to the callers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What each caller was told appears here, also where no row came of it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rows and answers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Steps of the selected submission</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select a row or an answer to see every command that its submission sent to an engine.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Explanation of the strategy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Steps, code and explanation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Code</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Why</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The selected step in full</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The selected step in full, with its parameters and its answer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No submission selected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Submission %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What it guarantees</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What breaks it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose it when</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RowsModel</name>
    <message>
        <source>Row</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Effect</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Item</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Qty</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>By</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Table</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>duplicate, %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Sentences</name>
    <message numerus="yes">
        <source>%n row(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>%1, %2 so far</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, %2: %3</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n order(s) wanted</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n payment(s) wanted</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n stock change(s) wanted</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n intent(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n duplicate(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n lost, though a caller was told it is done</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n stuck, nobody can complete it</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n undecided, and every caller knows it</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>each exactly once</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>exactly once</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SourcePanel</name>
    <message>
        <source>What arrives twice</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This source is not there yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>So&amp;urce</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where the second submission comes from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Interval</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Milliseconds between two submissions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pa&amp;ce</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How the submissions of Spam leave</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Processin&amp;g</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Work of the handler between what it reads and what it writes: it widens every gap</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lease</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Life of a lock; shorter than the processing, it expires meanwhile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time-out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How long a caller waits for its answer</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>StepsModel</name>
    <message>
        <source>At, ms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Took</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Command</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answer</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>VerdictBanner</name>
    <message>
        <source>Verdict</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing submitted yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Submit once. Then submit twice.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>RunningN{HORIZONTAL ELLIPSIS}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Words</name>
    <message>
        <source>Place an order (INSERT)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pay an order (UPDATE, INSERT)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add stock (count + n)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>exactly once</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>duplicated</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>lost</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>stuck</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>undecided</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>created</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>duplicate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>replayed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>busy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>conflict</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>error</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>time-out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>starting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>paused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clicks of an impatient user</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Retry after a time-out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Redelivery by a queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All at once</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every n milliseconds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One after another</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1th</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1st</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1nd</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1rd</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
