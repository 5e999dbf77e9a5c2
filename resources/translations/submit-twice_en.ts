<?xml version='1.0' encoding='utf-8'?>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>BriefCounters</name>
    <message numerus="yes">
        <source>%n row(s)</source>
        <translation>
            <numerusform>%n row</numerusform>
            <numerusform>%n rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n submission(s)</source>
        <translation>
            <numerusform>%n submission</numerusform>
            <numerusform>%n submissions</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>EngineStrip</name>
    <message numerus="yes">
        <source>Backend, %n instance(s)</source>
        <translation>
            <numerusform>Backend, %n instance</numerusform>
            <numerusform>Backend, %n instances</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>HistoryPage</name>
    <message numerus="yes">
        <source>%n step(s) copied.</source>
        <translation>
            <numerusform>%n step copied.</numerusform>
            <numerusform>%n steps copied.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RowsModel</name>
    <message numerus="yes">
        <source>%n duplicate(s) hidden</source>
        <translation>
            <numerusform>%n duplicate hidden</numerusform>
            <numerusform>%n duplicates hidden</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Sentences</name>
    <message numerus="yes">
        <source>%n row(s)</source>
        <translation>
            <numerusform>%n row</numerusform>
            <numerusform>%n rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n intent(s)</source>
        <translation>
            <numerusform>%n intent</numerusform>
            <numerusform>%n intents</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n duplicate(s)</source>
        <translation>
            <numerusform>%n duplicate</numerusform>
            <numerusform>%n duplicates</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n lost, though a caller was told it is done</source>
        <translation>
            <numerusform>%n lost, though a caller was told it is done</numerusform>
            <numerusform>%n lost, though a caller was told it is done</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n stuck, nobody can complete it</source>
        <translation>
            <numerusform>%n stuck, nobody can complete it</numerusform>
            <numerusform>%n stuck, nobody can complete it</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n undecided, still at work</source>
        <translation>
            <numerusform>%n undecided, still at work</numerusform>
            <numerusform>%n undecided, still at work</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n undecided, not all was heard or read back</source>
        <translation>
            <numerusform>%n undecided, not all was heard or read back</numerusform>
            <numerusform>%n undecided, not all was heard or read back</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n undecided, and nobody was told that it is done</source>
        <translation>
            <numerusform>%n undecided, and nobody was told that it is done</numerusform>
            <numerusform>%n undecided, and nobody was told that it is done</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>, and %n more</source>
        <translation>
            <numerusform>, and %n more</numerusform>
            <numerusform>, and %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TimelineView</name>
    <message numerus="yes">
        <source>%n submission(s)</source>
        <translation>
            <numerusform>%n submission</numerusform>
            <numerusform>%n submissions</numerusform>
        </translation>
    </message>
</context>
</TS>